using NnAnalyzers.Companion;

namespace NnAnalyzers.Samples.Experiments;

/// <summary>Pooling on pictures that are shifted (NN1009), and how many filters three convolutions need (NN1008).</summary>
internal static class PoolingAndFilters
{
    [TrainingProgram(MetricAbove = 0.9, Claim = "pooling, shapes up to 0 pixels off the middle: told apart")]
    public static void Pooled_0(TrainingRun run) => Architectures.Shifted(run, pool: true, shift: 0);

    [TrainingProgram(MetricAbove = 0.9, ClaimedToFail = true, Claim = "no pooling, shapes up to 0 pixels off the middle: not told apart")]
    public static void Unpooled_0(TrainingRun run) => Architectures.Shifted(run, pool: false, shift: 0);

    [TrainingProgram(MetricAbove = 0.9, Claim = "pooling, shapes up to 4 pixels off the middle: told apart")]
    public static void Pooled_4(TrainingRun run) => Architectures.Shifted(run, pool: true, shift: 4);

    [TrainingProgram(MetricAbove = 0.9, ClaimedToFail = true, Claim = "no pooling, shapes up to 4 pixels off the middle: not told apart")]
    public static void Unpooled_4(TrainingRun run) => Architectures.Shifted(run, pool: false, shift: 4);

    [TrainingProgram(MetricAbove = 0.9, Claim = "pooling, shapes up to 8 pixels off the middle: told apart")]
    public static void Pooled_8(TrainingRun run) => Architectures.Shifted(run, pool: true, shift: 8);

    [TrainingProgram(MetricAbove = 0.9, ClaimedToFail = true, Claim = "no pooling, shapes up to 8 pixels off the middle: not told apart")]
    public static void Unpooled_8(TrainingRun run) => Architectures.Shifted(run, pool: false, shift: 8);

    [TrainingProgram(MetricAbove = 0.97, Claim = "8 filters, 200 steps: told apart")]
    public static void Steps_008(TrainingRun run) => Architectures.Shifted(run, pool: true, filters: 8);

    [TrainingProgram(MetricAbove = 0.97, Claim = "32 filters, 200 steps: told apart")]
    public static void Steps_032(TrainingRun run) => Architectures.Shifted(run, pool: true, filters: 32);

    [TrainingProgram(MetricAbove = 0.97, Claim = "64 filters, 200 steps: told apart")]
    public static void Steps_064(TrainingRun run) => Architectures.Shifted(run, pool: true, filters: 64);

    [TrainingProgram(MetricAbove = 0.97, Claim = "128 filters, 200 steps: told apart")]
    public static void Steps_128(TrainingRun run) => Architectures.Shifted(run, pool: true, filters: 128);

    [TrainingProgram(MetricAbove = 0.97, Claim = "8 filters, 4 seconds: told apart")]
    public static void Time_008(TrainingRun run) => Architectures.Shifted(run, pool: true, filters: 8, seconds: 4);

    [TrainingProgram(MetricAbove = 0.97, Claim = "32 filters, 4 seconds: told apart")]
    public static void Time_032(TrainingRun run) => Architectures.Shifted(run, pool: true, filters: 32, seconds: 4);

    [TrainingProgram(MetricAbove = 0.97, Claim = "64 filters, 4 seconds: told apart")]
    public static void Time_064(TrainingRun run) => Architectures.Shifted(run, pool: true, filters: 64, seconds: 4);

    [TrainingProgram(MetricAbove = 0.97, Claim = "128 filters, 4 seconds: told apart")]
    public static void Time_128(TrainingRun run) => Architectures.Shifted(run, pool: true, filters: 128, seconds: 4);

    [TrainingProgram(MetricAbove = 0.97, Claim = "256 filters, 4 seconds: told apart")]
    public static void Time_256(TrainingRun run) => Architectures.Shifted(run, pool: true, filters: 256, seconds: 4);
}
