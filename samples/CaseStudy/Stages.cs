using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;

namespace NnAnalyzers.Samples.CaseStudy;

/// <summary>
/// The path of the article, stage by stage. Stages 2 to 5 are steps that did not solve it: the path went on.
/// </summary>
internal static class Stages
{
    private const int Steps = 200;

    [TrainingProgram(LossBelow = 0.01, ClaimedToFail = true, Claim = "1. batch norm, N(0, 1) weights, raw values: does not learn")]
    public static void S1_AsItWas(TrainingRun run) => Train(run, new Pictures(run), p => p.Values);

    [TrainingProgram(LossBelow = 0.01, ClaimedToFail = true, Claim = "2. values clipped at 1e6: not yet")]
    public static void S2_Clipped(TrainingRun run) => Train(run, new Pictures(run), p => p.Values.clamp(0, 1e6));

    [TrainingProgram(LossBelow = 0.01, ClaimedToFail = true, Claim = "3. a rate of 1e-4 and one picture: not yet")]
    public static void S3_LowerRateOneInput(TrainingRun run) => Train(run, new Pictures(run, 1), p => p.Values, rate: 1e-4, steps: 1000);

    [TrainingProgram(LossBelow = 0.01, ClaimedToFail = true, Claim = "4a. rate decays every 300 of 3,000 steps: not yet")]
    public static void S4a_EarlyDecay(TrainingRun run) =>
        Train(run, new Pictures(run, 1), p => p.Values, rate: 1e-4, steps: 3000, decay: step => Math.Pow(0.1, step / 300));

    [TrainingProgram(LossBelow = 0.01, ClaimedToFail = true, Claim = "4b. rate decays every 2,000 of 5,000 steps: not yet")]
    public static void S4b_LateDecay(TrainingRun run) =>
        Train(run, new Pictures(run, 1), p => p.Values, rate: 1e-4, steps: 5000, decay: step => Math.Pow(0.1, step / 2000));

    [TrainingProgram(LossBelow = 0.01, ClaimedToFail = true, Claim = "5. no decay, values through tanh, all pictures: not yet")]
    public static void S5_Squashed(TrainingRun run) => Train(run, new Pictures(run), p => p.Squashed);

    [TrainingProgram(MetricAbove = 1, Claim = "6a. batch norm removed, values through tanh: NaN within two iterations")]
    public static void S6a_WithoutNormalization(TrainingRun run) => Break(run, new Pictures(run), p => p.Squashed);

    [TrainingProgram(MetricAbove = 1, Claim = "6b. batch norm removed, raw values: NaN within two iterations")]
    public static void S6b_WithoutNormalizationRaw(TrainingRun run) => Break(run, new Pictures(run), p => p.Values);

    [TrainingProgram(MetricAbove = 5000,
        Claim = "7a. variance-scaled weights, no batch norm: two pictures learned by heart, loss down by nearly four orders of magnitude")]
    public static void S7a_TwoInputs(TrainingRun run)
    {
        var p = new Pictures(run, 2);
        using var model = Scaled(run, p);
        var losses = new List<double>();
        Loop(model, p.Squashed, p.Answers, Steps, _ => 1e-4,
            (step, loss) => { losses.Add(loss); if (step % 10 == 0 || step == 1) run.Log(step, loss, losses[0] / Math.Max(loss, 1e-30)); });
    }

    [TrainingProgram(LossBelow = 0.01, Claim = "7b. the same, all training pictures: loss under 0.01")]
    public static void S7b_AllInputs(TrainingRun run) =>
        Train(run, new Pictures(run), p => p.Squashed, Weights.VarianceScaled, normalize: false, rate: 1e-4);

    [TrainingProgram(MetricAbove = 1.1, Claim = "8. trained on at a tenth of the rate: better")]
    public static void S8_TrainOn(TrainingRun run)
    {
        var p = new Pictures(run);
        using var model = Scaled(run, p);
        var before = Mean(Loop(model, p.Squashed, p.Answers, Steps, _ => 1e-3,
            (step, loss) => { if (step % 10 == 0) run.Log(step, loss); }));
        var after = Mean(Loop(model, p.Squashed, p.Answers, Steps, _ => 1e-4,
            (step, loss) => { if (step % 10 == 0) run.Log(Steps + step, loss); }));
        run.Log(2 * Steps, after, before / Math.Max(after, 1e-30));
    }

    [TrainingProgram(MetricAbove = 1.1, Claim = "9a. rate × 0.9995 a step: worse")]
    public static void S9a_Decay(TrainingRun run) => run.Log(Long, Compare(run, 0.9995, out var ratio), ratio);

    [TrainingProgram(MetricAbove = 0.5, Claim = "9b. rate × 0.999995 a step: about the same as none (within a factor of 2)")]
    public static void S9b_SlowDecay(TrainingRun run)
    {
        var loss = Compare(run, 0.999995, out var ratio);
        run.Log(Long, loss, Math.Min(ratio, 1 / ratio));
    }

    private const int Long = 200;

    /// <summary>Trains twice from the same weights, with and without decay; the ratio of the last losses.</summary>
    private static double Compare(TrainingRun run, double factor, out double ratio)
    {
        double Last(Func<int, double> rate, Action<int, double>? log = null)
        {
            random.manual_seed(run.Seed);
            var p = new Pictures(run);
            using var model = Scaled(run, p);
            return Mean(Loop(model, p.Squashed, p.Answers, Long, rate, log));
        }
        var (with, without) = (Last(step => 1e-4 * Math.Pow(factor, step), (step, loss) => { if (step % 10 == 0) run.Log(step, loss); }),
            Last(_ => 1e-4));
        ratio = with / Math.Max(without, 1e-30);
        return with;
    }

    private static Network Scaled(TrainingRun run, Pictures p)
    {
        var model = new Network(p.Size, Weights.VarianceScaled, normalize: false);
        model.to(run.Device);
        return model;
    }

    private static double Mean(IEnumerable<double> losses) => losses.TakeLast(10).Average();

    private static void Train(TrainingRun run, Pictures pictures, Func<Pictures, Tensor> values, Weights weights = Weights.Standard,
        bool normalize = true, double rate = 1e-3, int steps = Steps, Func<int, double>? decay = null)
    {
        using var model = new Network(pictures.Size, weights, normalize);
        model.to(run.Device);
        Loop(model, values(pictures), pictures.Answers, steps, step => rate * (decay?.Invoke(step) ?? 1),
            (step, loss) => { if (step % 10 == 0) run.Log(step, loss); });
    }

    /// <summary>The metric is 1 once the loss is no number, within two iterations.</summary>
    private static void Break(TrainingRun run, Pictures pictures, Func<Pictures, Tensor> values)
    {
        using var model = new Network(pictures.Size, Weights.Standard, normalize: false);
        model.to(run.Device);
        var losses = Loop(model, values(pictures), pictures.Answers, 3, _ => 1e-3);
        run.Log(losses.Count, losses.Where(double.IsFinite).DefaultIfEmpty(0).Last(), losses.Take(3).Any(double.IsNaN) ? 1 : 0);
    }

    private static List<double> Loop(Network model, Tensor values, Tensor answers, int steps, Func<int, double> rate,
        Action<int, double>? log = null)
    {
        using var optimizer = optim.Adam(model.parameters(), rate(0));
        var losses = new List<double>();
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            foreach (var group in optimizer.ParamGroups) group.LearningRate = rate(step);
            var loss = nn.functional.mse_loss(model.forward(values), answers);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            losses.Add(loss.item<float>());
            log?.Invoke(step, losses[^1]);
        }
        return losses;
    }
}
