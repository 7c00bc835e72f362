using NnAnalyzers.Companion;
using static TorchSharp.torch;

namespace NnAnalyzers.Samples.Experiments;

/// <summary>Whether plain gradient descent with a tuned rate learns what Adam with 1e-3 learns in as many steps (NN4001).</summary>
internal static class TunedSgd
{
    [TrainingProgram(LossBelow = 0.05, Claim = "Adam, table, rate 1e-3: learns")]
    public static void Table_Adam(TrainingRun run) => Tasks.Table(run, p => optim.Adam(p, 1e-3));

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "SGD, table, rate 0.003: does not learn in as many steps")]
    public static void Table_0_003(TrainingRun run) => Tasks.Table(run, p => optim.SGD(p, 0.003));

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "SGD, table, rate 0.01: does not learn in as many steps")]
    public static void Table_0_01(TrainingRun run) => Tasks.Table(run, p => optim.SGD(p, 0.01));

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "SGD, table, rate 0.03: does not learn in as many steps")]
    public static void Table_0_03(TrainingRun run) => Tasks.Table(run, p => optim.SGD(p, 0.03));

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "SGD, table, rate 0.1: does not learn in as many steps")]
    public static void Table_0_1(TrainingRun run) => Tasks.Table(run, p => optim.SGD(p, 0.1));

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "SGD, table, rate 0.3: does not learn in as many steps")]
    public static void Table_0_3(TrainingRun run) => Tasks.Table(run, p => optim.SGD(p, 0.3));

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "SGD, table, rate 1.0: does not learn in as many steps")]
    public static void Table_1_0(TrainingRun run) => Tasks.Table(run, p => optim.SGD(p, 1.0));

    [TrainingProgram(LossBelow = 0.05, Claim = "SGD with a momentum of 0.9, table, rate 0.01: learns")]
    public static void Table_Momentum(TrainingRun run) => Tasks.Table(run, p => optim.SGD(p, 0.01, momentum: 0.9));

    [TrainingProgram(MetricAbove = 0.95, Claim = "Adam, picture, rate 1e-3: learns")]
    public static void Picture_Adam(TrainingRun run) => Tasks.Picture(run, p => optim.Adam(p, 1e-3));

    [TrainingProgram(MetricAbove = 0.95, ClaimedToFail = true, Claim = "SGD, picture, rate 0.003: does not learn in as many steps")]
    public static void Picture_0_003(TrainingRun run) => Tasks.Picture(run, p => optim.SGD(p, 0.003));

    [TrainingProgram(MetricAbove = 0.95, ClaimedToFail = true, Claim = "SGD, picture, rate 0.01: does not learn in as many steps")]
    public static void Picture_0_01(TrainingRun run) => Tasks.Picture(run, p => optim.SGD(p, 0.01));

    [TrainingProgram(MetricAbove = 0.95, ClaimedToFail = true, Claim = "SGD, picture, rate 0.03: does not learn in as many steps")]
    public static void Picture_0_03(TrainingRun run) => Tasks.Picture(run, p => optim.SGD(p, 0.03));

    [TrainingProgram(MetricAbove = 0.95, ClaimedToFail = true, Claim = "SGD, picture, rate 0.1: does not learn in as many steps")]
    public static void Picture_0_1(TrainingRun run) => Tasks.Picture(run, p => optim.SGD(p, 0.1));

    [TrainingProgram(MetricAbove = 0.95, ClaimedToFail = true, Claim = "SGD, picture, rate 0.3: does not learn in as many steps")]
    public static void Picture_0_3(TrainingRun run) => Tasks.Picture(run, p => optim.SGD(p, 0.3));

    [TrainingProgram(MetricAbove = 0.95, ClaimedToFail = true, Claim = "SGD, picture, rate 1.0: does not learn in as many steps")]
    public static void Picture_1_0(TrainingRun run) => Tasks.Picture(run, p => optim.SGD(p, 1.0));

    [TrainingProgram(MetricAbove = 0.95, Claim = "SGD with a momentum of 0.9, picture, rate 0.01: learns")]
    public static void Picture_Momentum(TrainingRun run) => Tasks.Picture(run, p => optim.SGD(p, 0.01, momentum: 0.9));

    [TrainingProgram(LossBelow = 0.05, Claim = "Adam, sequence, rate 1e-3: learns")]
    public static void Sequence_Adam(TrainingRun run) => Tasks.Sequence(run, p => optim.Adam(p, 1e-3));

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "SGD, sequence, rate 0.003: does not learn in as many steps")]
    public static void Sequence_0_003(TrainingRun run) => Tasks.Sequence(run, p => optim.SGD(p, 0.003));

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "SGD, sequence, rate 0.01: does not learn in as many steps")]
    public static void Sequence_0_01(TrainingRun run) => Tasks.Sequence(run, p => optim.SGD(p, 0.01));

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "SGD, sequence, rate 0.03: does not learn in as many steps")]
    public static void Sequence_0_03(TrainingRun run) => Tasks.Sequence(run, p => optim.SGD(p, 0.03));

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "SGD, sequence, rate 0.1: does not learn in as many steps")]
    public static void Sequence_0_1(TrainingRun run) => Tasks.Sequence(run, p => optim.SGD(p, 0.1));

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "SGD, sequence, rate 0.3: does not learn in as many steps")]
    public static void Sequence_0_3(TrainingRun run) => Tasks.Sequence(run, p => optim.SGD(p, 0.3));

    [TrainingProgram(LossBelow = 0.05, ClaimedToFail = true, Claim = "SGD, sequence, rate 1.0: does not learn in as many steps")]
    public static void Sequence_1_0(TrainingRun run) => Tasks.Sequence(run, p => optim.SGD(p, 1.0));

    [TrainingProgram(LossBelow = 0.05, Claim = "SGD with a momentum of 0.9, sequence, rate 0.01: learns")]
    public static void Sequence_Momentum(TrainingRun run) => Tasks.Sequence(run, p => optim.SGD(p, 0.01, momentum: 0.9));
}
