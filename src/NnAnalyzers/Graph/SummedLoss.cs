using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>A loss that adds up over the samples of a batch: by its own setting, or as the sum of what it gives for each.</summary>
/// <param name="Loss">The loss, or the sum.</param>
/// <param name="Given">What it adds up, or is of.</param>
internal sealed record SummedLoss(Step Loss, Step Given)
{
    private const int Sum = 2; // TorchSharp.torch.nn.Reduction

    /// <summary>Where that is all that goes backward.</summary>
    public static SummedLoss? Of(Step backward)
    {
        while (backward is { Role: Role.Identity, Op.Name: not "detach", Input: { } before }) backward = before;
        return backward switch
        {
            { Role: Role.Loss, Input: not null } when ReductionOf(backward) == Sum => new(backward, backward.Input!),
            { Op.Name: "sum", Input: { Role: Role.Loss, Input: { } given } } when !backward.Arguments.Contains("dim") =>
                new(backward, given),
            { Op.Name: "sum" } when !backward.Arguments.Contains("dim") && HandwrittenLoss.Behind(backward).SelectMany(l => l.Inputs)
                .FirstOrDefault(i => i.Shape.Rank > 0) is { } side => new(backward, side),
            _ => null,
        };
    }

    private static long? ReductionOf(Step loss) =>
        loss.Arguments.TryGetValue("reduction", out var given) ? (given.Value as Constant)?.Integer : null;
}
