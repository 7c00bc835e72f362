using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>Two layers of a network, one of which alone reads what the other gives.</summary>
/// <param name="First">The layer that gives.</param>
/// <param name="Next">The layer that reads.</param>
/// <param name="Between">The steps between: none adds, multiplies or joins anything.</param>
internal sealed record Link(Step First, Step Next, IReadOnlyList<Step> Between)
{
    /// <summary>The links of a network that training goes through, those inside its modules too.</summary>
    public static IEnumerable<Link> Of(Network network) =>
        from uses in network.AllSteps.Select(s => s.Step).Distinct().Where(s => s.HasWeights).GroupBy(s => s.Layer)
        // One that is applied several times is meant for all of these.
        where uses.Count() == 1
        let first = uses.First()
        where first is { HasWeights: true, PredictionOnly: false, Syntax: not null, Role: Role.Linear or Role.Convolution }
        let reader = Chain.ReaderOf(first, network)
        where reader is { Reader: { HasWeights: true, Role: Role.Linear or Role.Convolution } }
        select new Link(first, reader.Value.Reader, reader.Value.Between);

    /// <summary>Whether an activation stands between them.</summary>
    public bool IsActivated => Between.Any(s => s.Role is Role.Activation or Role.Softmax);

    /// <summary>The activation between them.</summary>
    public Step? Activation => Between.FirstOrDefault(s => s.IsActivation);

    /// <summary>Whether the two are surely no pair that stands for one large layer: narrower in the middle than at both ends.</summary>
    public bool IsNoFactorization => First.Layer is { } first && Next.Layer is { } next && first.Out.Equals(next.In)
        && (IsNoLess(first.Out, first.In) || IsNoLess(first.Out, next.Out));

    private static bool IsNoLess(Shapes.Dim inner, Shapes.Dim outer) =>
        inner.IsKnown && outer.IsKnown && (inner.Equals(outer) || inner.Size is { } a && outer.Size is { } b && a >= b);

    /// <summary>Whether both layers do the same to every place: linear layers, or kernels of one.</summary>
    public bool IsPointwise => First.Role == Next.Role && IsOfOne(First) && IsOfOne(Next);

    private static bool IsOfOne(Step step) => step.Role == Role.Linear
        || step.Layer!.SizesOf("kernel_size", null)?.All(k => k == 1) == true;

    /// <summary>
    /// Whether a layer stands without an activation by design: a kernel of one, a patch, a part of a separated or factored convolution.
    /// </summary>
    public bool IsByDesign => IsApart(First) || IsApart(Next) || First.Role == Role.Convolution && (IsOfOne(First)
        || First.Layer!.SizesOf("kernel_size", null) is not { } kernel || kernel.Distinct().Count() > 1
        || First.Layer.SizesOf("stride", 1)?.SequenceEqual(kernel) != false);

    private static bool IsApart(Step step) => step.Role == Role.Convolution
        && step.Layer!.Arguments.ValueOf("groups")?.Number is not (null or 1);
}
