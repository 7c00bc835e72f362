using TorchSharp;
using static TorchSharp.torch;

namespace NnAnalyzers.Companion;

/// <summary>A network that does as well on blank inputs as on the real ones has not looked at them.</summary>
internal static class InputDependence
{
    public static IEnumerable<ProbeResult> Ask(Subject subject)
    {
        if (!subject.Trainable.Any() || subject.BatchSize < 2 || !subject.Options.HasInput) yield break;
        subject.StopDropout();
        var losses = subject.Train(subject.Input, subject.Target, subject.Options.Steps);
        if (!double.IsFinite(losses[^1])) yield break;
        var real = subject.Loss(subject.Input, subject.Target);
        using var blank = zeros_like(subject.Input);
        var without = subject.Loss(blank, subject.Target);
        // Whether it learns more than a constant answer is OverfitOneBatch's question.
        if (subject.ConstantLoss(subject.Target) is { } constant && real > Thresholds.NotLearned * constant
            && Math.Abs(without - real) > 1e-6 * Math.Max(1, Math.Abs(real))) yield break;
        var gain = Math.Max(1e-12, Math.Abs(losses[0] - real));
        var ignores = Math.Abs(without - real) <= Math.Max(Thresholds.BlankInputShare * gain, 1e-6 * Math.Max(1, Math.Abs(real)));
        yield return new("InputDependence", ignores ? ProbeVerdict.Failed : ProbeVerdict.Passed,
            $"after {losses.Count} steps the loss is {real:g4} with the inputs and {without:g4} with zeros instead",
            $"a change by {Thresholds.BlankInputShare:p0} of what was learned (source: Karpathy's recipe; the share is ours)",
            ignores ? "What goes in does not reach what comes out: look for a layer that is not used, a detach, "
                + "a reshape that mixes samples, or units that died." : "")
            { Cause = ignores ? ProbeCause.InputIgnored : null, IsGuess = ignores };
    }
}
