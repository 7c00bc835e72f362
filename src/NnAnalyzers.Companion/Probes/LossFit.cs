using TorchSharp;
using static TorchSharp.torch;

namespace NnAnalyzers.Companion;

/// <summary>Whether the outputs are what the loss wants: logits, logarithms of probabilities, probabilities, numbers.</summary>
internal static class LossFit
{
    public static IEnumerable<ProbeResult> Ask(Subject subject)
    {
        using var guard = no_grad();
        var (input, target) = subject.Batch();
        var output = subject.Forward(input);
        var tolerance = output.dtype is ScalarType.Float16 or ScalarType.BFloat16 ? 0.05 : 1e-4;
        bool IsOne(Tensor sums) => (sums - 1).abs().max().item<double>() < tolerance;
        if (!output.is_floating_point() || !output.isfinite().all().item<bool>()) yield break;
        var range = OutputRange.Of(subject);
        switch (subject.Kind)
        {
            case LossKind.CrossEntropy when output.dim() > 1 && output.shape[1] == 1:
                yield return Bad("cross-entropy over one class is always 0", "as many outputs as classes",
                    "Give the network two outputs, or take binary_cross_entropy_with_logits.", ProbeCause.WrongLoss, "NN1013");
                break;
            case LossKind.CrossEntropy when output.dim() > 1 && IsOne(output.to(float64).sum(1)) && output.ge(0).all().item<bool>():
                yield return Bad("the outputs of each sample are positive and sum to 1", "logits",
                    "Cross-entropy has a softmax inside: take the one before it away.", ProbeCause.OutputActivation, "NN1002",
                    subject.LastLayer);
                break;
            case LossKind.CrossEntropy when target.is_floating_point() && target.dim() > 1 && !IsOne(target.to(float64).sum(1)):
                yield return Bad($"the targets of a sample sum to up to {target.to(float64).sum(1).max().item<double>():g3}",
                    "shares that sum to 1", "Cross-entropy lets classes compete; where several hold at once take "
                    + "binary_cross_entropy_with_logits.", ProbeCause.WrongLoss);
                break;
            case LossKind.LogProbabilities when output.dim() > 1 && !IsOne(output.to(float64).exp().sum(1)):
                yield return Bad("the outputs are no logarithms of probabilities: their exponentials do not sum to 1", "log-probabilities",
                    "Take cross_entropy, or put log_softmax before this loss.", ProbeCause.WrongLoss);
                break;
            case LossKind.BinaryLogits when target.lt(0).any().item<bool>() || target.gt(1).any().item<bool>():
                yield return Bad("there are targets below 0 or above 1", "0 for no, 1 for yes",
                    "Make the targets chances; classes of more than two want cross_entropy.", ProbeCause.WrongLoss);
                break;
            case LossKind.BinaryLogits when range is { IsPositive: true, IsSquashed: true }:
                yield return Bad("all outputs lie between 0 and 1, whatever the weights", "logits, of which half are negative at first",
                    "The loss has a sigmoid inside: take the one before it away.", ProbeCause.OutputActivation, "NN1002",
                    subject.LastLayer);
                break;
            case LossKind.CrossEntropy or LossKind.BinaryLogits when range.IsPositive || range.IsSquashed:
                yield return Bad($"whatever the weights, the outputs stay {Text(range)}", "logits, which go anywhere",
                    "An activation on the output keeps it from being sure: take it away.", ProbeCause.OutputActivation, "NN1001",
                    subject.LastLayer);
                break;
            case LossKind.Mse or LossKind.L1 or LossKind.Other
                when subject.IsDistance && range.Lost(target) is > Thresholds.LostTargets and var lost:
                yield return Bad($"whatever the weights, the outputs stay {Text(range)}; {lost:p0} of the targets' variance lies beyond",
                    $"{Thresholds.LostTargets:p0} (source: ours)", "An activation on the output cuts off what is to be learned: "
                    + "take it away, or scale the targets into its range.", ProbeCause.OutputActivation, "NN1001", subject.LastLayer);
                break;
            case LossKind.Mse when AreClasses(target):
                yield return new("LossFit", ProbeVerdict.Suspicious,
                    $"the targets are whole numbers from 0 to {target.max().to(float64).item<double>():0}",
                    "numbers that have an order", "If they name classes, give the network an output for each and take cross_entropy.")
                    { Cause = ProbeCause.WrongLoss };
                break;
            default:
                yield return new("LossFit", ProbeVerdict.Passed, $"the outputs are what the loss wants ({subject.Kind})", "", "");
                break;
        }
        using var grad = enable_grad();
        foreach (var result in LossPull.Ask(subject).ToList()) yield return result;
    }

    private static string Text(OutputRange range) => double.IsInfinity(range.High) ? $"above {range.Low:g3}"
        : double.IsInfinity(range.Low) ? $"below {range.High:g3}" : $"between {range.Low:g3} and {range.High:g3}";

    /// <summary>Every whole number from 0 to at least 2 and at most 20 stands there, several times each.</summary>
    private static bool AreClasses(Tensor target)
    {
        if (target.numel() < Thresholds.FewSamples || target.dtype == ScalarType.Bool || !target.eq(target.round()).all().item<bool>())
            return false;
        var (kinds, _, _) = unique(target.to(float64));
        return kinds.numel() is >= 3 and <= 20 && kinds[0].item<double>() == 0 && kinds[-1].item<double>() == kinds.numel() - 1
            && target.numel() >= 3 * kinds.numel();
    }

    private static ProbeResult Bad(string measured, string threshold, string advice, ProbeCause cause, string? rule = null,
        string? place = null) =>
        new("LossFit", ProbeVerdict.Failed, measured, threshold, advice) { Cause = cause, RuleId = rule, Place = place };
}
