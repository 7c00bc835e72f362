using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>A loss applied to a network's output.</summary>
/// <param name="Loss">The loss step; its first input is the prediction, its second the target.</param>
/// <param name="Ends">The steps that decide the prediction, each with the network it is in; null for a step of the training code itself.</param>
/// <param name="NetworkInputs">What the networks on the way were given.</param>
internal sealed record LossUse(Step Loss, IReadOnlyList<(Step Last, Network? Network)> Ends, IReadOnlyList<Step> NetworkInputs)
{
    public Op Op => Loss.Op;

    /// <summary>What the loss is given, as it is.</summary>
    public Step? Prediction => Loss.Input;

    /// <summary>What the prediction is compared with.</summary>
    public Step? Target => Loss.Inputs.Count > 1 ? Loss.Inputs[1] : null;

    /// <summary>The axis that holds the classes: the second, or the only one of a single sample.</summary>
    public Dim Classes => Op.Domain is not (LossDomain.Logits or LossDomain.LogProbabilities) || Prediction is not { } p ? Dim.Unknown
        : p.Shape is { HasRank: true, Rank: 1 } ? p.Shape.At(0) : p.Shape.HasRank ? p.Shape.At(1) : Dim.Unknown;

    /// <summary>Cross-entropy over one class: always 0.</summary>
    public bool IsOverOneClass => Classes.Size == 1 && Op.Domain == LossDomain.Logits;

    /// <summary>
    /// Whether an activation right before the loss takes away values the loss needs. A regression loss needs the range of
    /// its targets: known bounds are compared; of targets nobody knows only a rectifier is sure to miss some. A loss on
    /// logits needs both signs.
    /// </summary>
    public bool IsCutBy(Op activation) => activation.CutsRange && !Loss.PredictionOnly && Op.Domain switch
    {
        LossDomain.AnyNumber when Target is null || NetworkInputs.Contains(Target) => false,
        LossDomain.AnyNumber when Target.Range is { } targets => !activation.Range.Covers(targets),
        LossDomain.AnyNumber or LossDomain.Logits or LossDomain.BinaryLogits or LossDomain.Probabilities => IsRectifier(activation),
        _ => false,
    };

    private static bool IsRectifier(Op activation) => activation.Name is "ReLU" or "ReLU6";
}
