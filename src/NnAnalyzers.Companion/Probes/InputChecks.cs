using TorchSharp;
using static TorchSharp.torch;

namespace NnAnalyzers.Companion;

/// <summary>Looks at the data before any network does.</summary>
internal static class InputChecks
{
    /// <summary>The range of the inputs, and whether test inputs have the same.</summary>
    public static IEnumerable<ProbeResult> Normalization(Subject subject)
    {
        if (!subject.Input.is_floating_point()) yield break;
        var (mean, spread, largest) = Describe(subject.Input);
        if (!double.IsFinite(mean))
        {
            yield return new("NormalizationCheck", ProbeVerdict.Failed, "the input holds NaN or infinity",
                "finite numbers", "Clean the data first.") { Cause = ProbeCause.NotFiniteData };
            yield break;
        }
        var verdict = largest > Thresholds.LargeInput || spread < Thresholds.SmallInput ? largest > 50 * Thresholds.LargeInput
            ? ProbeVerdict.Failed : ProbeVerdict.Suspicious : ProbeVerdict.Passed;
        yield return new("NormalizationCheck", verdict, $"mean {mean:g3}, deviation {spread:g3}, largest {largest:g3}",
            $"absolute values up to {Thresholds.LargeInput}, deviation at least {Thresholds.SmallInput:g} (source: UMLAUT, widened)",
            verdict == ProbeVerdict.Passed ? "" : "Bring the inputs to mean 0 and deviation 1, or through a tanh where the range is wide.")
            { Cause = verdict == ProbeVerdict.Passed ? null : ProbeCause.InputScale,
                RuleId = verdict == ProbeVerdict.Passed ? null : "NN6001" };
        if (subject.Options.TestInput is not { } test || !test.is_floating_point()) yield break;
        var (testMean, testSpread, _) = Describe(test);
        var shifted = Math.Abs(testMean - mean) > Thresholds.MeanShift * (spread + 1e-12) || testSpread > Thresholds.SpreadRatio * spread
            || spread > Thresholds.SpreadRatio * testSpread;
        yield return new("NormalizationCheck", shifted ? ProbeVerdict.Failed : ProbeVerdict.Passed,
            $"test inputs: mean {testMean:g3}, deviation {testSpread:g3}; training inputs: mean {mean:g3}, deviation {spread:g3}",
            $"means within {Thresholds.MeanShift} deviation, deviations within a factor of {Thresholds.SpreadRatio} (source: ours)",
            shifted ? "Treat test inputs as training inputs were treated, with the same mean and deviation." : "")
            { Cause = shifted ? ProbeCause.NormalizationDiffers : null, RuleId = shifted ? "NN6002" : null };
    }

    /// <summary>Pictures that were never scaled, or that were cut off.</summary>
    public static IEnumerable<ProbeResult> Pictures(Subject subject)
    {
        var input = subject.Input;
        if (input.dim() != 4 || !(input.shape[1] is 1 or 3 or 4 || input.shape[3] is 1 or 3) || !input.is_floating_point()) yield break;
        var (_, _, largest) = Describe(input);
        if (largest is > 2 and <= 255 && input.eq(input.round()).all().item<bool>())
        {
            yield return new("PictureCheck", ProbeVerdict.Suspicious, $"whole numbers up to {largest:g3}",
                "numbers about 1 (source: the article)", "Divide by 255, then take off the mean.")
                { Cause = ProbeCause.InputScale, RuleId = "NN6001" };
            yield break;
        }
        // Black background is usual; many pixels at the upper bound are not.
        var top = input.eq(input.max()).to(ScalarType.Float64).mean().item<double>();
        var clipped = top > Thresholds.ClippedShare
            && input.max().to(ScalarType.Float64).item<double>() > input.min().to(ScalarType.Float64).item<double>();
        yield return new("PictureCheck", clipped ? ProbeVerdict.Suspicious : ProbeVerdict.Passed,
            $"{top:p1} of the pixels are at the upper bound", $"{Thresholds.ClippedShare:p0} (source: ours)",
            clipped ? "The pictures are cut off: scale them instead of clipping." : "")
            { Cause = clipped ? ProbeCause.InputScale : null };
    }

    private static (double Mean, double Spread, double Largest) Describe(Tensor data)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var wide = data.to(ScalarType.Float64);
        return (wide.mean().item<double>(), Subject.Spread(data), wide.abs().max().item<double>());
    }
}
