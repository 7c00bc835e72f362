using NnAnalyzers.Companion;
using static TorchSharp.torch;

namespace NnAnalyzers.Samples.Experiments;

/// <summary>Which rates Adam learns with (NN4003: above 0.01 and at 1e-6 or less it does not).</summary>
internal static class AdamRates
{
    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "Adam, table, rate 1e-7: does not learn")]
    public static void Table_1em7(TrainingRun run) => Tasks.Table(run, p => optim.Adam(p, 1e-7));

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "Adam, table, rate 1e-6: does not learn")]
    public static void Table_1em6(TrainingRun run) => Tasks.Table(run, p => optim.Adam(p, 1e-6));

    [TrainingProgram(LossBelow = 0.05, Claim = "Adam, table, rate 1e-5: learns")]
    public static void Table_1em5(TrainingRun run) => Tasks.Table(run, p => optim.Adam(p, 1e-5));

    [TrainingProgram(LossBelow = 0.05, Claim = "Adam, table, rate 1e-3: learns")]
    public static void Table_1em3(TrainingRun run) => Tasks.Table(run, p => optim.Adam(p, 1e-3));

    [TrainingProgram(LossBelow = 0.05, Claim = "Adam, table, rate 0.01: learns")]
    public static void Table_0_01(TrainingRun run) => Tasks.Table(run, p => optim.Adam(p, 0.01));

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "Adam, table, rate 0.02: does not learn")]
    public static void Table_0_02(TrainingRun run) => Tasks.Table(run, p => optim.Adam(p, 0.02));

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "Adam, table, rate 0.05: does not learn")]
    public static void Table_0_05(TrainingRun run) => Tasks.Table(run, p => optim.Adam(p, 0.05));

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "Adam, table, rate 0.1: does not learn")]
    public static void Table_0_1(TrainingRun run) => Tasks.Table(run, p => optim.Adam(p, 0.1));

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "Adam, table, rate 0.3: does not learn")]
    public static void Table_0_3(TrainingRun run) => Tasks.Table(run, p => optim.Adam(p, 0.3));

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "Adam, table, rate 1.0: does not learn")]
    public static void Table_1_0(TrainingRun run) => Tasks.Table(run, p => optim.Adam(p, 1.0));

    [TrainingProgram(MetricAbove = 0.95, ClaimedToFail = true, Claim = "Adam, picture, rate 1e-7: does not learn")]
    public static void Picture_1em7(TrainingRun run) => Tasks.Picture(run, p => optim.Adam(p, 1e-7));

    [TrainingProgram(MetricAbove = 0.95, ClaimedToFail = true, Claim = "Adam, picture, rate 1e-6: does not learn")]
    public static void Picture_1em6(TrainingRun run) => Tasks.Picture(run, p => optim.Adam(p, 1e-6));

    [TrainingProgram(MetricAbove = 0.95, Claim = "Adam, picture, rate 1e-5: learns")]
    public static void Picture_1em5(TrainingRun run) => Tasks.Picture(run, p => optim.Adam(p, 1e-5));

    [TrainingProgram(MetricAbove = 0.95, Claim = "Adam, picture, rate 1e-3: learns")]
    public static void Picture_1em3(TrainingRun run) => Tasks.Picture(run, p => optim.Adam(p, 1e-3));

    [TrainingProgram(MetricAbove = 0.95, Claim = "Adam, picture, rate 0.01: learns")]
    public static void Picture_0_01(TrainingRun run) => Tasks.Picture(run, p => optim.Adam(p, 0.01));

    [TrainingProgram(MetricAbove = 0.95, ClaimedToFail = true, Claim = "Adam, picture, rate 0.02: does not learn")]
    public static void Picture_0_02(TrainingRun run) => Tasks.Picture(run, p => optim.Adam(p, 0.02));

    [TrainingProgram(MetricAbove = 0.95, ClaimedToFail = true, Claim = "Adam, picture, rate 0.05: does not learn")]
    public static void Picture_0_05(TrainingRun run) => Tasks.Picture(run, p => optim.Adam(p, 0.05));

    [TrainingProgram(MetricAbove = 0.95, ClaimedToFail = true, Claim = "Adam, picture, rate 0.1: does not learn")]
    public static void Picture_0_1(TrainingRun run) => Tasks.Picture(run, p => optim.Adam(p, 0.1));

    [TrainingProgram(MetricAbove = 0.95, ClaimedToFail = true, Claim = "Adam, picture, rate 0.3: does not learn")]
    public static void Picture_0_3(TrainingRun run) => Tasks.Picture(run, p => optim.Adam(p, 0.3));

    [TrainingProgram(MetricAbove = 0.95, ClaimedToFail = true, Claim = "Adam, picture, rate 1.0: does not learn")]
    public static void Picture_1_0(TrainingRun run) => Tasks.Picture(run, p => optim.Adam(p, 1.0));

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "Adam, sequence, rate 1e-7: does not learn")]
    public static void Sequence_1em7(TrainingRun run) => Tasks.Sequence(run, p => optim.Adam(p, 1e-7));

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "Adam, sequence, rate 1e-6: does not learn")]
    public static void Sequence_1em6(TrainingRun run) => Tasks.Sequence(run, p => optim.Adam(p, 1e-6));

    [TrainingProgram(LossBelow = 0.05, Claim = "Adam, sequence, rate 1e-5: learns")]
    public static void Sequence_1em5(TrainingRun run) => Tasks.Sequence(run, p => optim.Adam(p, 1e-5));

    [TrainingProgram(LossBelow = 0.05, Claim = "Adam, sequence, rate 1e-3: learns")]
    public static void Sequence_1em3(TrainingRun run) => Tasks.Sequence(run, p => optim.Adam(p, 1e-3));

    [TrainingProgram(LossBelow = 0.05, Claim = "Adam, sequence, rate 0.01: learns")]
    public static void Sequence_0_01(TrainingRun run) => Tasks.Sequence(run, p => optim.Adam(p, 0.01));

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "Adam, sequence, rate 0.02: does not learn")]
    public static void Sequence_0_02(TrainingRun run) => Tasks.Sequence(run, p => optim.Adam(p, 0.02));

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "Adam, sequence, rate 0.05: does not learn")]
    public static void Sequence_0_05(TrainingRun run) => Tasks.Sequence(run, p => optim.Adam(p, 0.05));

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "Adam, sequence, rate 0.1: does not learn")]
    public static void Sequence_0_1(TrainingRun run) => Tasks.Sequence(run, p => optim.Adam(p, 0.1));

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "Adam, sequence, rate 0.3: does not learn")]
    public static void Sequence_0_3(TrainingRun run) => Tasks.Sequence(run, p => optim.Adam(p, 0.3));

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "Adam, sequence, rate 1.0: does not learn")]
    public static void Sequence_1_0(TrainingRun run) => Tasks.Sequence(run, p => optim.Adam(p, 1.0));
}
