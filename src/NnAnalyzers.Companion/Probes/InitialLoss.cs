namespace NnAnalyzers.Companion;

/// <summary>
/// The first loss against that of an answer that knows nothing: ln C for cross-entropy, the targets' mean square and 1 for MSE.
/// </summary>
internal static class InitialLoss
{
    public static IEnumerable<ProbeResult> Ask(Subject subject)
    {
        var (input, target) = subject.Batch();
        var first = subject.Loss(input, target);
        if (!double.IsFinite(first))
        {
            yield return new("InitialLoss", ProbeVerdict.Failed, $"the first loss is {first}", "a finite number",
                "Something divides by zero, takes the logarithm of zero or overflows before any training. See GradientFlow for where.")
                { Cause = ProbeCause.NotFiniteLoss };
            yield break;
        }
        var expected = Expected(subject);
        if (expected is not > 1e-9) yield break;
        var what = subject.Kind switch { LossKind.CrossEntropy or LossKind.LogProbabilities => $"ln {Classes(subject)}",
            LossKind.BinaryLogits or LossKind.BinaryProbabilities => "ln 2",
            LossKind.Mse => "the targets' mean square, and 1 for the outputs", _ => "the targets' mean size, and 1 for the outputs" };
        var verdict = first <= Thresholds.InitialLossFactor * expected ? ProbeVerdict.Passed
            : first <= Thresholds.HopelessLossFactor * expected ? ProbeVerdict.Suspicious : ProbeVerdict.Failed;
        yield return new("InitialLoss", verdict, $"{first:g4}, expected about {expected:g4} ({what})",
            $"at most {Thresholds.InitialLossFactor} times the expected (source: TheDeepChecker; the factor is ours)",
            verdict == ProbeVerdict.Passed ? "" : "The network is sure of itself before it learned anything: its weights or inputs are too "
                + "large.")
        {
            RuleId = verdict == ProbeVerdict.Passed ? null : "NN2001",
            Cause = verdict == ProbeVerdict.Passed ? null
                : WeightCheck.Fits(subject) ? ProbeCause.ExplodingGradient : ProbeCause.Initialization,
        };
    }

    /// <summary>The loss of an answer that knows nothing; null where the loss is not known.</summary>
    public static double? Expected(Subject subject) => subject.Kind switch
    {
        LossKind.CrossEntropy or LossKind.LogProbabilities => Math.Log(Classes(subject)),
        LossKind.BinaryLogits or LossKind.BinaryProbabilities => Math.Log(2),
        // A network that knows nothing gives numbers of about 1, wherever the targets are.
        LossKind.Mse => subject.Target.to(TorchSharp.torch.ScalarType.Float64).square().mean().item<double>() + 1,
        LossKind.L1 => subject.Target.to(TorchSharp.torch.ScalarType.Float64).abs().mean().item<double>() + 1,
        _ => null,
    };

    private static long Classes(Subject subject)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        using var guard = TorchSharp.torch.no_grad();
        var output = subject.Forward(subject.Batch().Input);
        return output.dim() > 1 ? output.shape[1] : output.shape[0];
    }
}
