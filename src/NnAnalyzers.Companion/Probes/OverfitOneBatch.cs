using TorchSharp;
using static TorchSharp.torch;

namespace NnAnalyzers.Companion;

/// <summary>One sample, then one batch, by heart: a network that cannot do that cannot learn anything.</summary>
internal static class OverfitOneBatch
{
    public static IEnumerable<ProbeResult> Ask(Subject subject)
    {
        if (!subject.Trainable.Any()) yield break;
        var (single, singleTarget) = subject.Sample();
        var one = Learn(subject, !subject.Options.HasSamples ? "the batch" : single.shape[0] > 2 ? $"a batch of {subject.BatchSize}, the only size it takes," : "one sample",
            single, singleTarget);
        yield return one;
        if (subject.BatchSize > single.shape[0] && one.Verdict != ProbeVerdict.Failed)
            yield return Learn(subject, $"a batch of {subject.BatchSize}", subject.Input, subject.Target);
    }

    private static ProbeResult Learn(Subject subject, string what, Tensor input, Tensor target)
    {
        var curves = new List<ProbeCurve>();
        subject.Reset();
        subject.StopDropout();
        var first = subject.Loss(input, target);
        var goal = Math.Max(1e-4,
            Thresholds.Memorized * (subject.ConstantLoss(target) is > 1e-6 and var constant ? Math.Min(constant, first) : first));
        // A loss that may fall below 0 has no known end.
        var open = subject.Kind == LossKind.Other && first < goal;
        // The rate that is meant, then rates around it: whether it can learn at all is another question than how fast.
        foreach (var factor in new[] { 1.0, 10, 0.1 })
        {
            subject.Reset();
            subject.StopDropout();
            var losses = subject.Train(input, target, subject.Options.Steps, factor == 1 ? null : subject.Rate * factor,
                open ? double.NegativeInfinity : goal);
            curves.Add(ProbeCurve.OfSteps($"{what}, rate × {factor:g}", losses));
            var (last, accuracy) = (losses[^1], Accuracy(subject, input, target));
            if (open)
                return last < first - 10 * Math.Max(0.1, Math.Abs(first))
                    ? new("OverfitOneBatch", ProbeVerdict.Failed, $"{what}: the loss falls without end, from {first:g4} to {last:g4}",
                        "a loss has a smallest value (ours: not ten times its start below it)", "Look at the sign of the loss.")
                        { Curves = curves, Cause = ProbeCause.WrongLoss }
                    : new("OverfitOneBatch", ProbeVerdict.Skipped,
                        $"{what}: the loss goes from {first:g4} to {last:g4}, and its smallest value is not known", "", "")
                        { Curves = curves };
            if (!(last <= goal) && !(accuracy >= Thresholds.MemorizedAccuracy)) continue;
            var measured = $"{what}: loss {first:g4} → {last:g4} in {losses.Count} steps"
                + (accuracy is { } a ? $", accuracy {a:p2}" : "");
            return factor == 1 ? new("OverfitOneBatch", ProbeVerdict.Passed, measured, Threshold(goal), "") { Curves = curves }
                : new("OverfitOneBatch", ProbeVerdict.Suspicious, $"{measured}, but only at {factor:g} times your learning rate",
                    Threshold(goal), $"Try a learning rate of {subject.Rate * factor:g2}.")
                    { Curves = curves, Cause = factor > 1 ? ProbeCause.RateTooLow : ProbeCause.RateTooHigh };
        }
        var best = curves.SelectMany(c => c.Y).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Min();
        var cut = CutOff(subject, input, target);
        return new("OverfitOneBatch", ProbeVerdict.Failed,
            $"{what}: the loss starts at {curves[0].Y[0]:g4} and gets no lower than {best:g4}",
            $"at most {Thresholds.Memorized:p0} of the loss of a constant answer, or {Thresholds.MemorizedAccuracy:p2} right",
            (cut ?? "A network must be able to learn one batch by heart before it can learn anything else. ") + InTheWay(subject))
        { Curves = curves, RuleId = cut is null ? null : "NN1001",
            Cause = cut is null ? ProbeCause.CannotLearn : ProbeCause.OutputActivation };
    }

    /// <summary>Outputs that stick to one bound while targets lie beyond it: the output layer's activation cuts them off.</summary>
    private static string? CutOff(Subject subject, Tensor input, Tensor target)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var output = subject.Forward(input);
        if (!target.is_floating_point() || !output.shape.SequenceEqual(target.shape)) return null;
        foreach (var (bound, beyond) in new[] { (output.min(), target.min().lt(output.min())),
            (output.max(), target.max().gt(output.max())) })
            if (output.eq(bound).to(ScalarType.Float64).mean().item<double>() >= 0.2 && beyond.item<bool>()
                && bound.to(ScalarType.Float64).item<double>() is (0 or 1 or -1) and var value)
                return $"Outputs stick to {value} while targets lie beyond: an activation on the output cuts them off. ";
        return null;
    }

    private static string Threshold(double goal) =>
        $"loss at most {goal:g3} or accuracy {Thresholds.MemorizedAccuracy:p2} (source: the article; the share is ours)";

    /// <summary>Which layers do not let the gradient through.</summary>
    private static string InTheWay(Subject subject)
    {
        subject.Reset();
        var trouble = GradientFlow.Ask(subject).Where(r => r.Verdict == ProbeVerdict.Failed).Take(2).ToList();
        return trouble.Count == 0 ? "Its gradients look sound: look at the loss, the targets and the shapes."
            : "In the way: " + string.Join("; ", trouble.Select(t => t.Measured)) + ".";
    }

    private static double? Accuracy(Subject subject, Tensor input, Tensor target)
    {
        if (subject.Kind is not (LossKind.CrossEntropy or LossKind.BinaryLogits)
            || subject.Kind == LossKind.CrossEntropy && target.dtype != ScalarType.Int64) return null;
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var output = subject.Forward(input);
        var right = subject.Kind == LossKind.CrossEntropy ? output.argmax(1).eq(target) : output.gt(0).eq(target.gt(0.5));
        return right.to(ScalarType.Float64).mean().item<double>();
    }
}
