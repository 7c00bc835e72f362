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
            case LossKind.LogProbabilities when output.dim() > 1 && !IsOne(output.to(float64).exp().sum(1)):
                yield return Bad("the outputs are no logarithms of probabilities: their exponentials do not sum to 1", "log-probabilities",
                    "Take cross_entropy, or put log_softmax before this loss.", ProbeCause.WrongLoss);
                break;
            case LossKind.BinaryLogits when output.numel() >= Thresholds.FewSamples && AreChances(output)
                && Subject.Spread(output) > 1e-6 && AreChances(WithLargeWeights(subject, input)):
                yield return Bad("all outputs lie between 0 and 1", "logits, of which half are negative at first",
                    "The loss has a sigmoid inside: take the one before it away.", ProbeCause.OutputActivation, "NN1002",
                    subject.LastLayer);
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
    }

    private static bool AreChances(Tensor output) => output.ge(0).all().item<bool>() && output.le(1).all().item<bool>();

    /// <summary>
    /// What the model gives with weights a hundred times as large: what lies between 0 and 1 by chance does not stay there.
    /// </summary>
    private static Tensor WithLargeWeights(Subject subject, Tensor input)
    {
        foreach (var (_, weight) in subject.Parameters) weight.mul_(100);
        var output = subject.Forward(input);
        subject.Reset();
        return output;
    }

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
