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
        // Negative losses are compared by their difference from the start.
        var gain = Math.Max(1e-12, Math.Abs(losses[0] - real));
        var ignores = without <= real * Thresholds.BlankInputFactor && Math.Abs(without - real) < 0.1 * gain
            || Math.Abs(without - real) <= 1e-6 * Math.Max(1, Math.Abs(real));
        yield return new("InputDependence", ignores ? ProbeVerdict.Failed : ProbeVerdict.Passed,
            $"after {losses.Count} steps the loss is {real:g4} with the inputs and {without:g4} with zeros instead",
            $"{Thresholds.BlankInputFactor} times as much without inputs (source: Karpathy's recipe; the factor is ours)",
            ignores ? "What goes in does not reach what comes out: look for a layer that is not used, a detach, "
                + "a reshape that mixes samples, or units that died." : "") { Cause = ignores ? ProbeCause.CannotLearn : null };
    }
}
