using TorchSharp;
using static TorchSharp.torch;

namespace NnAnalyzers.Companion;

/// <summary>Short trainings with one thing varied.</summary>
internal static class Sweeps
{
    /// <summary>
    /// The range test: the rate grows from step to step; good rates are where
    /// the loss falls fastest. Source: L. Smith, Cyclical Learning Rates.
    /// </summary>
    public static IEnumerable<ProbeResult> LearningRate(Subject subject)
    {
        if (!subject.Trainable.Any()) yield break;
        const int Count = 80;
        const double Low = 1e-6, High = 10;
        double Rate(int i) => Low * Math.Pow(High / Low, i / (Count - 1.0));
        var (input, target) = subject.Batch();
        var losses = subject.Train(input, target, Count, schedule: Rate);
        if (losses.Count < 10 || !double.IsFinite(losses[0])) yield break;
        var smooth = new double[losses.Count];
        for (var i = 0; i < smooth.Length; i++)
            smooth[i] = i == 0 || !double.IsFinite(losses[i]) ? losses[i] : 0.7 * smooth[i - 1] + 0.3 * losses[i];
        var worse = Enumerable.Range(0, smooth.Length).Where(i => !double.IsFinite(losses[i]) || losses[i] > 2 * Math.Max(losses[0], 1e-6))
            .DefaultIfEmpty(smooth.Length).First();
        var steepest = Enumerable.Range(1, Math.Max(1, Math.Min(worse, smooth.Length) - 1)).Where(i => double.IsFinite(smooth[i]))
            .MinBy(i => smooth[i] - smooth[i - 1]);
        var limit = worse < smooth.Length ? Rate(worse) : High;
        var (suggested, mine) = (Math.Min(Rate(steepest), limit / 10), subject.Rate);
        var verdict = mine > limit ? ProbeVerdict.Failed : mine < suggested / 1000 ? ProbeVerdict.Suspicious : ProbeVerdict.Passed;
        yield return new("LearningRateSweep", verdict,
            $"the loss falls fastest at {Rate(steepest):g2}{(worse < smooth.Length ? $" and rises from {limit:g2} on" : "")}; "
                + $"a good rate is about {suggested:g2}, yours is {mine:g2}",
            "below the rate where the loss rises, not a thousandth of the best (source: Smith's range test; the factor is ours)",
            verdict switch { ProbeVerdict.Failed => $"Your rate is too high: try {suggested:g2}.",
                ProbeVerdict.Suspicious => $"Your rate is very low: try {suggested:g2}.", _ => "" })
        { Cause = verdict switch { ProbeVerdict.Failed => ProbeCause.RateTooHigh, ProbeVerdict.Suspicious => ProbeCause.RateTooLow,
                _ => null },
            RuleId = verdict == ProbeVerdict.Passed ? null : "NN4003",
            Curves = [new("loss by learning rate", Enumerable.Range(0, losses.Count).Select(Rate).ToList(), losses)] };
    }

    /// <summary>As many samples in batches of different sizes.</summary>
    public static IEnumerable<ProbeResult> BatchSize(Subject subject)
    {
        if (subject.BatchSize < 4 || !subject.HasSamples || !subject.Trainable.Any()) yield break;
        var seen = new List<(int Size, double First, double Last)>();
        var curves = new List<ProbeCurve>();
        foreach (var size in new[] { 1, 4, 16, 64 }.Where(s => s < subject.BatchSize).Append(subject.BatchSize))
        {
            subject.Reset();
            var losses = new List<double>();
            using var optimizer = subject.Optimizer();
            var full = subject.BatchSize / size * size;
            try
            {
                for (var at = 0; losses.Count < 60 && (losses.Count == 0 || double.IsFinite(losses[^1])); at = (at + size) % full)
                {
                    using var scope = NewDisposeScope();
                    optimizer.zero_grad();
                    var loss = subject.LossOf(subject.Forward(subject.Input.narrow(0, at, size)), subject.Target.narrow(0, at, size));
                    losses.Add(loss.to(ScalarType.Float64).item<double>());
                    if (!loss.requires_grad) yield break;
                    loss.backward();
                    optimizer.step();
                }
            }
            // Batch normalization cannot do with one sample, other models only with one size; that is no mistake here.
            catch (ProbeInputException) when (size < subject.BatchSize) { continue; }
            seen.Add((size, losses.Take(5).Average(), losses.TakeLast(5).Average()));
            curves.Add(ProbeCurve.OfSteps($"batch of {size}", losses));
        }
        // A rate that is meant for a batch may be too high for one sample.
        var broken = seen.Where(s => !double.IsFinite(s.Last) && s.Size >= Math.Min(16, subject.BatchSize)).ToList();
        yield return new("BatchSizeSweep", broken.Count > 0 ? ProbeVerdict.Failed : ProbeVerdict.Passed,
            "loss after 60 steps: " + string.Join(", ", seen.Select(s => $"{s.First:g3} → {s.Last:g3} in batches of {s.Size}")),
            "finite losses (source: the article)",
            broken.Count > 0 ? "Training blows up in small batches: lower the rate, scale inputs and weights." : "")
            { Curves = curves, Cause = broken.Count > 0 ? ProbeCause.RateTooHigh : null };
    }

    /// <summary>Whether L1 or L2 between the same output and target can be lowered where the user's loss cannot.</summary>
    public static IEnumerable<ProbeResult> SimplerLoss(Subject subject)
    {
        if (!subject.Trainable.Any() || subject.Kind is LossKind.Mse or LossKind.L1) yield break;
        var (input, target) = subject.Batch();
        using (var scope = NewDisposeScope())
        using (no_grad())
            if (!target.is_floating_point() || !subject.Forward(input).shape.SequenceEqual(target.shape)) yield break;
        double Drop(Func<Tensor, Tensor, Tensor>? loss)
        {
            subject.Reset();
            subject.StopDropout();
            var losses = subject.Train(input, target, subject.Options.Steps / 2, loss: loss);
            return losses.Count == 0 || !double.IsFinite(losses[^1]) ? 0
                : (losses[0] - losses.TakeLast(5).Average()) / Math.Max(1e-12, Math.Abs(losses[0]));
        }
        // Scores that only rank, and answers of which some are missing, go with the targets without coming near them.
        double GoesWith()
        {
            using var scope = NewDisposeScope();
            using var guard = no_grad();
            var (o, t) = (subject.Forward(input).to(float64), target.to(float64));
            (o, t) = (o - o.mean(), t - t.mean());
            return ((o * t).sum() / (o.norm() * t.norm() + 1e-12)).item<double>();
        }
        // Of what is yes or no the distance says nothing: logits move away from 1 as they get surer.
        if (target.ge(0).all().item<bool>() && target.le(1).all().item<bool>()) yield break;
        var (own, goes) = (Drop(null), GoesWith());
        var (one, two) = (Drop((o, t) => nn.functional.l1_loss(o, t)), Drop((o, t) => nn.functional.mse_loss(o, t)));
        var bad = Math.Max(one, two) > 0.5 && own > -0.5 && (goes < 0.2 || own < 0.05 && goes < 0.3);
        yield return new("SimplerLoss", bad && subject.Kind == LossKind.Other ? ProbeVerdict.Failed : ProbeVerdict.Passed,
            $"your loss falls by {own:p0}, and outputs go with targets by {goes:g2} (1 is wholly); L1 falls by {one:p0}, L2 by {two:p0}",
            "the user's loss brings outputs nearer to targets where L1 or L2 does (source: the article)",
            bad ? "The network can learn this, the loss keeps it from it: look at the loss's sign, its arguments' order, "
                + "and what range it wants." : "")
            { Cause = bad && subject.Kind == LossKind.Other ? ProbeCause.WrongLoss : null, IsGuess = goes >= -0.3 };
    }
}
