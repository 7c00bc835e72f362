namespace NnAnalyzers.Companion;

/// <summary>The first loss against that of an answer that knows nothing: ln C for cross-entropy, the target's variance for MSE.</summary>
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
        var what = subject.Kind switch { LossKind.CrossEntropy => $"ln {Classes(subject)}", LossKind.BinaryLogits => "ln 2",
            LossKind.Mse => "variance of the target", _ => "spread of the target" };
        var verdict = first <= Thresholds.InitialLossFactor * expected ? ProbeVerdict.Passed
            : first <= Thresholds.HopelessLossFactor * expected ? ProbeVerdict.Suspicious : ProbeVerdict.Failed;
        yield return new("InitialLoss", verdict, $"{first:g4}, expected about {expected:g4} ({what})",
            $"at most {Thresholds.InitialLossFactor} times the expected (source: TheDeepChecker; the factor is ours)",
            verdict == ProbeVerdict.Passed ? "" : subject.Kind is LossKind.Mse or LossKind.L1
                ? "The answers are far from the targets' range: bring targets to mean 0 and deviation 1, "
                    + "and look at the inputs' range and the initialization."
                : "The network is sure of itself before it learned anything: its weights or inputs are too large.")
        {
            RuleId = verdict == ProbeVerdict.Passed ? null : "NN2001",
            Cause = verdict == ProbeVerdict.Passed ? null : subject.Kind is LossKind.Mse or LossKind.L1 && IsOfTargets(subject)
                ? ProbeCause.TargetScale : ProbeCause.Initialization,
        };
    }

    /// <summary>The loss of an answer that knows nothing; null where the loss is not known.</summary>
    public static double? Expected(Subject subject) => subject.Kind switch
    {
        LossKind.CrossEntropy => Math.Log(Classes(subject)),
        LossKind.BinaryLogits => Math.Log(2),
        LossKind.Mse or LossKind.L1 => subject.ConstantLoss(subject.Target),
        _ => null,
    };

    /// <summary>The outputs are about 1, so the targets are what is far off.</summary>
    private static bool IsOfTargets(Subject subject)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        using var guard = TorchSharp.torch.no_grad();
        return Subject.Spread(subject.Forward(subject.Batch().Input)) < 10
            && subject.Target.to(TorchSharp.torch.ScalarType.Float64).abs().mean().item<double>() > 3;
    }

    private static long Classes(Subject subject)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        using var guard = TorchSharp.torch.no_grad();
        var output = subject.Forward(subject.Batch().Input);
        return output.dim() > 1 ? output.shape[1] : output.shape[0];
    }
}
