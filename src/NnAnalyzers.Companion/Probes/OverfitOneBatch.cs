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
        var one = Learn(subject, !subject.HasSamples ? "the batch"
            : single.shape[0] > 2 ? $"a batch of {subject.BatchSize}, the only size it takes," : "one sample",
            single, singleTarget, isBatch: !subject.HasSamples);
        yield return one;
        if (subject.BatchSize > single.shape[0] && one.Verdict != ProbeVerdict.Failed)
            yield return Learn(subject, $"a batch of {subject.BatchSize}", subject.Input, subject.Target, isBatch: true);
    }

    // One sample says whether a network can learn, not at which rate.
    private static ProbeResult Learn(Subject subject, string what, Tensor input, Tensor target, bool isBatch)
    {
        var curves = new List<ProbeCurve>();
        subject.Reset();
        subject.StopDropout();
        var first = subject.Loss(input, target);
        var constant = subject.ConstantLoss(target);
        if (Math.Abs(first) < 1e-12)
            return new("OverfitOneBatch", ProbeVerdict.Skipped, $"{what}: the loss is 0 before any training", "", "");
        var start = constant is > 1e-12 and var c ? Math.Min(c, first) : first;
        var goal = Math.Max(Thresholds.Memorized * start, Math.Min(1e-4, Thresholds.Learned / 2 * start));
        var isOpen = subject.Kind == LossKind.Other;
        var accuracyBefore = Accuracy(subject, input, target);
        var learned = new List<(double Factor, bool Learns, bool Falls)>();
        // The rate that is meant, then rates around it: whether it can learn at all is another question than how fast.
        foreach (var factor in new[] { 1.0, 10, 0.1 })
        {
            subject.Reset();
            subject.StopDropout();
            var losses = subject.Train(input, target, subject.Options.Steps, factor == 1 ? null : subject.Rate * factor,
                isOpen ? double.NegativeInfinity : goal);
            curves.Add(ProbeCurve.OfSteps($"{what}, rate × {factor:g}", losses));
            var (last, accuracy) = (losses.TakeLast(5).Average(), Accuracy(subject, input, target));
            // A loss that says less of the right class the lower it is goes the wrong way.
            if (last < first && (accuracy < accuracyBefore - 0.2 || isOpen && accuracy < 0.5 / Classes(subject, input)))
                return new("OverfitOneBatch", ProbeVerdict.Failed, $"{what}: the loss falls from {first:g4} to {last:g4}, and "
                    + $"{accuracy:p0} instead of {accuracyBefore:p0} are right", "a lower loss is a better one",
                    "Look at the sign of the loss.")
                    { Curves = curves, Cause = ProbeCause.WrongLoss };
            // How far a loss of an unknown kind can fall is not known; that it falls is.
            var learns = accuracy >= Thresholds.MemorizedAccuracy || double.IsFinite(last)
                && (isOpen ? first - last > (1 - Thresholds.NotLearned) * Math.Abs(first) : last <= Thresholds.Learned * start);
            var falls = double.IsFinite(last) && last < Thresholds.NotLearned * losses[losses.Count / 2]
                && (constant is null || Math.Abs(last - constant.Value) > 0.1 * constant.Value);
            learned.Add((factor, learns, falls));
            if (!learns) continue;
            var measured = $"{what}: loss {first:g4} → {losses[^1]:g4} in {losses.Count} steps"
                + (accuracy is { } right ? $", accuracy {right:p0}" : "");
            // Where the own rate is only slow there is nothing to say against it.
            return factor == 1 || learned[0].Falls || !isBatch
                ? new("OverfitOneBatch", ProbeVerdict.Passed, measured + (factor == 1 ? "" : $", at {factor:g} times your learning rate"),
                    Threshold(start), "") { Curves = curves }
                : new("OverfitOneBatch", ProbeVerdict.Suspicious, $"{measured}, but only at {factor:g} times your learning rate",
                    Threshold(start), $"Try a learning rate of {subject.Rate * factor:g2}.")
                    { Curves = curves, Cause = factor > 1 ? ProbeCause.RateTooLow : ProbeCause.RateTooHigh, RuleId = "NN4003" };
        }
        if (learned.Any(l => l.Falls))
            return new("OverfitOneBatch", ProbeVerdict.Passed, $"{what}: the loss is still falling after {subject.Options.Steps} steps, "
                + $"from {first:g4} to {curves.SelectMany(c => c.Y).Where(double.IsFinite).Min():g4}", Threshold(start), "")
                { Curves = curves };
        var best = curves.SelectMany(c => c.Y).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Min();
        var bare = HasNoBias(subject);
        var frozen = !bare ? subject.Parameters.FirstOrDefault(p => !p.Value.requires_grad).Name : null;
        return new("OverfitOneBatch", ProbeVerdict.Failed, $"{what}: the loss starts at {first:g4} and gets no lower than {best:g4}"
            + (constant is { } answer ? $"; a constant answer has {answer:g4}" : ""), Threshold(start),
            (frozen is not null ? $"{frozen} is frozen: it would have to learn. "
                : bare ? "None of its layers has a bias: it gives 0 for an input of 0, whatever it learns. "
                : "A network must be able to learn one batch by heart before it can learn anything else. ") + InTheWay(subject))
        { Curves = curves, RuleId = bare ? "NN1004" : null, Place = frozen, IsGuess = true,
            Cause = bare ? ProbeCause.MissingBias : frozen is not null ? ProbeCause.Frozen : ProbeCause.CannotLearn };
    }

    private static bool HasNoBias(Subject subject) =>
        subject.Parameters.All(p => !p.Name.Contains("bias", StringComparison.Ordinal)) && subject.Model.modules().Any(Subject.IsOfUnits);

    private static long Classes(Subject subject, Tensor input)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        return subject.Forward(input) is var output && output.dim() > 1 ? output.shape[1] : 2;
    }

    private static string Threshold(double start) => $"loss at most {Thresholds.Learned * start:g3} "
        + $"({Thresholds.Learned:p0} of a constant answer's) or accuracy {Thresholds.MemorizedAccuracy:p2} "
        + "(source: the article; the share is ours)";

    /// <summary>Which layers do not let the gradient through.</summary>
    private static string InTheWay(Subject subject)
    {
        subject.Reset();
        var trouble = GradientFlow.Ask(subject).Where(r => r.Verdict == ProbeVerdict.Failed).Take(2).ToList();
        return trouble.Count == 0 ? "Its gradients look sound: look at the loss, the targets and the shapes."
            : "In the way: " + string.Join("; ", trouble.Select(t => t.Measured)) + ".";
    }

    /// <summary>The share of samples whose class is right, whatever the loss; null where the targets name no classes.</summary>
    private static double? Accuracy(Subject subject, Tensor input, Tensor target)
    {
        if (subject.Kind is LossKind.Mse or LossKind.L1) return null;
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var output = subject.Forward(input);
        Tensor right;
        if (target.dtype == ScalarType.Int64 && output.dim() == target.dim() + 1 && output.shape[0] == target.shape[0]
            && output.argmax(1) is var named && named.shape.SequenceEqual(target.shape)) 
            right = named.eq(target).masked_select(target.ne(Subject.Unnamed));
        else if (subject.Kind is LossKind.BinaryLogits or LossKind.BinaryProbabilities)
            right = output.gt(subject.Kind == LossKind.BinaryLogits ? 0 : 0.5).eq(target.gt(0.5));
        else return null;
        return right.to(ScalarType.Float64).mean().item<double>();
    }
}
