using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;

namespace NnAnalyzers.Samples.CaseStudy;

/// <summary>
/// The path of the article, stage by stage. Stages 2 to 5 are steps that did not solve it: the path went on.
/// </summary>
internal static class Stages
{
    /// <summary>The loss of the best constant answer: the variance of answers spread evenly over 0..1.</summary>
    private const double Constant = 1.0 / 12;

    /// <summary>The article's own: an eighth of what a constant answer has.</summary>
    private const double Learned = 0.01;

    [TrainingProgram(LossBelow = Constant, ClaimedToFail = true, Claim = "1. batch norm, N(0, 1) weights, raw values: does not learn")]
    public static void S1_AsItWas(TrainingRun run) => Train(run, new());

    [TrainingProgram(LossBelow = Constant, ClaimedToFail = true, Claim = "2. values clipped at 1e6: not yet")]
    public static void S2_Clipped(TrainingRun run) => Train(run, new() { Values = p => p.Values.clamp(0, 1e6) });

    [TrainingProgram(LossBelow = Learned, ClaimedToFail = true, Claim = "3. a rate of 1e-4 and one picture: not yet")]
    public static void S3_LowerRateOneInput(TrainingRun run) => Train(run, new() { Pictures = 1, Rate = _ => 1e-4, Steps = 1000 });

    [TrainingProgram(LossBelow = Constant, ClaimedToFail = true,
        Claim = "4a. rate decays every 300 of 3,000 steps (here 60 of 600): not yet")]
    public static void S4a_EarlyDecay(TrainingRun run) => Train(run, Early);

    [TrainingProgram(MetricAbove = 1.1,
        Claim = "4b. rate decays every 2,000 of 5,000 steps (here 400 of 1,000): better than 4a, but not yet")]
    public static void S4b_LateDecay(TrainingRun run) =>
        Compare(run, Late, Early, (late, early) => late < Constant ? 0 : early / late);

    [TrainingProgram(LossBelow = Constant, ClaimedToFail = true, Claim = "5. no decay, values through tanh, all pictures: not yet")]
    public static void S5_Squashed(TrainingRun run) => Train(run, new() { Values = p => p.Squashed });

    [TrainingProgram(LossBelow = float.MaxValue, ClaimedToFail = true,
        Claim = "6a. batch norm removed, values through tanh: NaN within two iterations")]
    public static void S6a_WithoutNormalization(TrainingRun run) => Train(run, Exploding with { Values = p => p.Squashed });

    [TrainingProgram(LossBelow = float.MaxValue, ClaimedToFail = true,
        Claim = "6b. batch norm removed, raw values: NaN within two iterations")]
    public static void S6b_WithoutNormalizationRaw(TrainingRun run) => Train(run, Exploding);

    [TrainingProgram(LossBelow = float.MaxValue, ClaimedToFail = true, Claim = "6c. 6a with 20 convolutions: NaN within two iterations")]
    public static void S6c_Deep(TrainingRun run) => Train(run, Exploding with { Values = p => p.Squashed, Depth = 20 });

    [TrainingProgram(LossBelow = float.MaxValue, ClaimedToFail = true, Claim = "6d. 6b with 20 convolutions: NaN within two iterations")]
    public static void S6d_DeepRaw(TrainingRun run) => Train(run, Exploding with { Depth = 20 });

    [TrainingProgram(MetricAbove = 5000,
        Claim = "7a. variance-scaled weights, no batch norm: two pictures learned by heart, loss down by nearly four orders of magnitude")]
    public static void S7a_TwoInputs(TrainingRun run) =>
        Train(run, Scaled with { Pictures = 2 }, losses => losses[0] / Math.Max(losses[^1], 1e-30));

    [TrainingProgram(LossBelow = Learned, Claim = "7b. the same, all training pictures: loss under 0.01")]
    public static void S7b_AllInputs(TrainingRun run) => Train(run, Scaled);

    [TrainingProgram(MetricAbove = 1.1, Claim = "8. trained on at a tenth of the rate: better than at the same")]
    public static void S8_TrainOn(TrainingRun run)
    {
        var same = Scaled with { Rate = _ => 1e-3, Steps = 800 };
        Compare(run, same with { Rate = step => step <= 400 ? 1e-3 : 1e-4 }, same, (tenth, full) => full / tenth);
    }

    [TrainingProgram(MetricAbove = 1.1, Claim = "9a. rate × 0.9995 a step: worse")]
    public static void S9a_Decay(TrainingRun run) => Compare(run, Decaying(0.9995), Decaying(1), (with, without) => with / without);

    [TrainingProgram(MetricAbove = 0.5, Claim = "9b. rate × 0.999995 a step: about the same as none (within a factor of 2)")]
    public static void S9b_SlowDecay(TrainingRun run) =>
        Compare(run, Decaying(0.999995), Decaying(1), (with, without) => Math.Min(with / without, without / with));

    private static readonly Training Early = new() { Rate = step => 1e-4 * Math.Pow(0.1, step / 60), Steps = 600 };
    private static readonly Training Late = new() { Rate = step => 1e-4 * Math.Pow(0.1, step / 400), Steps = 1000 };
    private static readonly Training Exploding = new() { Normalize = false, Steps = 2 };
    private static readonly Training Scaled = new()
    {
        Values = p => p.Squashed, Weights = Weights.VarianceScaled, Normalize = false, Rate = _ => 1e-4
    };

    private static Training Decaying(double factor) => Scaled with { Rate = step => 1e-4 * Math.Pow(factor, step), Steps = 1000 };

    /// <summary>What is trained, and how; as it stands, the first stage.</summary>
    private sealed record Training
    {
        public int Pictures { get; init; } = 512;
        public Func<Pictures, Tensor> Values { get; init; } = p => p.Values;
        public int Depth { get; init; } = 6;
        public Weights Weights { get; init; } = Weights.Standard;
        public bool Normalize { get; init; } = true;
        public Func<int, double> Rate { get; init; } = _ => 1e-3;
        public int Steps { get; init; } = 400;
    }

    /// <summary>Trains twice with the same pictures, weights and batches, and compares the losses at the end.</summary>
    private static void Compare(TrainingRun run, Training one, Training other, Func<double, double, double> metric)
    {
        var (loss, otherLoss) = (Train(run, one), Train(run, other, log: false));
        run.Log(one.Steps, loss, metric(loss, otherLoss));
    }

    /// <summary>The loss at the end: the mean of the last 64 batches, which are as many pictures as there are.</summary>
    private static double Train(TrainingRun run, Training training, Func<List<double>, double>? metric = null, bool log = true)
    {
        random.manual_seed(run.Seed);
        var pictures = new Pictures(run, training.Pictures);
        using var model = new Network(pictures.Size, training.Depth, training.Weights, training.Normalize);
        model.to(run.Device);
        using var optimizer = optim.Adam(model.parameters(), training.Rate(0));
        var (values, losses) = (training.Values(pictures), new List<double>());
        for (var step = 1; step <= training.Steps; step++)
        {
            using var scope = NewDisposeScope();
            foreach (var group in optimizer.ParamGroups) group.LearningRate = training.Rate(step);
            var batch = randperm(training.Pictures, device: run.Device)[..Math.Min(training.Pictures, 8)];
            var loss = nn.functional.mse_loss(model.forward(values[batch]), pictures.Answers[batch]);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            // An infinite loss is the largest there is: only one that is no number ends a run.
            losses.Add(Math.Min(loss.item<float>(), float.MaxValue));
            if (log && (step < 10 || step % Math.Max(10, training.Steps / 40) == 0)) run.Log(step, Mean(losses), metric?.Invoke(losses));
        }
        return Mean(losses);
    }

    private static double Mean(IEnumerable<double> losses) => losses.TakeLast(64).Average();
}
