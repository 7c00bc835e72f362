namespace NnAnalyzers.Torch;

/// <summary>Which activations and losses go together.</summary>
internal static class LossFit
{
    /// <summary>What is wrong with an activation right before a loss; null if the two fit.</summary>
    public static string? Problem(Op activation, LossDomain loss) => (activation.Name, loss) switch
    {
        ("Softmax" or "LogSoftmax" or "Softmax2d", LossDomain.Logits) =>
            "is applied a second time inside the loss, which flattens its gradient",
        ("Sigmoid" or "LogSigmoid", LossDomain.Logits) => "squeezes the logits into a range in which no class can win clearly",
        ("Sigmoid" or "LogSigmoid", LossDomain.BinaryLogits) => "is applied a second time inside the loss, which cannot get near 0",
        ("Softmax" or "LogSoftmax" or "Softmax2d", LossDomain.BinaryLogits) =>
            "makes the classes compete, then the loss squeezes them again",
        ("Softmax" or "Softmax2d", LossDomain.Probabilities) => "makes the classes compete where the loss takes each by itself",
        ("Softmax" or "Softmax2d", LossDomain.LogProbabilities) => "gives probabilities, and the loss takes their logarithms",
        _ => null,
    };

    /// <summary>
    /// What a loss wants before a step that is half of it: log-softmax and NLL are cross-entropy, sigmoid and BCE are its binary form. Null
    /// for any other.
    /// </summary>
    public static LossDomain? BeforeHalf(Op half, LossDomain loss) => (half.Name, loss) switch
    {
        ("LogSoftmax", LossDomain.LogProbabilities) => LossDomain.Logits,
        ("Sigmoid", LossDomain.Probabilities) => LossDomain.BinaryLogits,
        _ => null,
    };

    /// <summary>Whether a loss of a prediction and a target is another one when the two change places.</summary>
    public static bool HasSides(Op loss) => loss.Domain is LossDomain.Logits or LossDomain.BinaryLogits or LossDomain.Probabilities
        or LossDomain.LogProbabilities or LossDomain.LogDistribution
        || loss.Name is "PoissonNLLLoss" or "HingeEmbeddingLoss" or "SoftMarginLoss" or "MultiMarginLoss" or "MultiLabelMarginLoss"
        or "MultiLabelSoftMarginLoss";
}
