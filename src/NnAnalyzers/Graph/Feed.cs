using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>What goes into a network, or what it is compared with: where its numbers come from, and what was done to their scale.</summary>
/// <param name="Start">The step that the numbers come in with.</param>
/// <param name="Scalings">What changed their values since, in order; what only moves or picks them is left out.</param>
/// <param name="Way">Every step from the start on.</param>
internal sealed record Feed(Step Start, IReadOnlyList<Step> Scalings, IReadOnlyList<Step> Way)
{
    private const int MaxLength = 64, MaxParts = 16;

    /// <summary>Where the numbers were read; null where that is not known.</summary>
    public Origin? Origin => Start.Origin;

    /// <summary>The numbers are what was read.</summary>
    public bool IsRaw => Origin is { Kind: OriginKind.Column or OriginKind.Byte } && Scalings.Count == 0;

    /// <summary>Somebody says that they are scaled: a statement, method or class on the way is called so.</summary>
    public bool IsNamedScaled => Way.Any(s => s.Syntax is { } place && (place.FirstAncestorOrSelf<StatementSyntax>()?.ToString()
        + " " + place.FirstAncestorOrSelf<MethodDeclarationSyntax>()?.Identifier + " "
        + place.FirstAncestorOrSelf<TypeDeclarationSyntax>()?.Identifier).ToLowerInvariant() is var text && Words.Any(text.Contains));

    /// <summary>Made of the same numbers as another one, and of others.</summary>
    public bool MixesIn(Feed other) => Start == other.Start
        && Scalings.Except(other.Scalings).Any(s => s.Inputs.Any(i => !Way.Contains(i)));

    /// <summary>The end of the way, from where on a table has the columns that it has in the end.</summary>
    public IReadOnlyList<Step> WithItsColumns
    {
        get
        {
            var first = Way.Count - 1;
            while (first > 0 && (PicksRows(Way[first]) || HasColumnsOf(Way[first - 1], Way.Last()))) first--;
            return Way.Skip(first).ToList();
        }
    }

    private static bool HasColumnsOf(Step step, Step last) => step.Shape is { HasRank: true, Rank: > 0 } a
        && last.Shape is { HasRank: true } b && a.Rank == b.Rank && a.At(-1).IsKnown && a.At(-1).Equals(b.At(-1));

    private static bool PicksRows(Step step) => step.Role == Role.Identity
        || step.Op.Name is "index_select" or "narrow" or "slice" && step.Arguments.ValueOf("dim") is Constant { Integer: 0 };

    private static readonly string[] Words = ["normal", "standard", "scale", "whiten", "zscore", "minmax", "deviation"];

    /// <summary>Follows a tensor of training code back, through data sets and loaders.</summary>
    public static Feed Of(Step tensor)
    {
        var parts = MaxParts;
        return Of(tensor, ref parts);
    }

    private static Feed Of(Step tensor, ref int parts)
    {
        var (scalings, way) = (new List<Step>(), new List<Step>());
        for (var at = tensor; ; )
        {
            way.Insert(0, at);
            if (way.Count > MaxLength || at.Origin is not null || Before(at, ref parts) is not { } before)
                return new(at, scalings, way);
            if (IsScaling(at)) scalings.Insert(0, at);
            at = before;
        }
    }

    /// <summary>The step whose numbers a step hands on, as they are or scaled; null where several are as good, or none is known.</summary>
    private static Step? Before(Step step, ref int parts)
    {
        if (step.Kind == StepKind.Input) return step.Samples ?? step.Outer;
        if (step.Kind == StepKind.Part) return step.Input;
        if (step.Kind == StepKind.Choice || step.Role == Role.Join) return Alike(step.Inputs, ref parts);
        if (step.Kind != StepKind.Operation || step.Op.Writes || step.Layer is { Op.HasWeights: true }) return null;
        return Chain.IsTransparent(step) || step.Role == Role.Resize || step.Op.Name == "detach" || IsScaling(step) ? step.Input : null;
    }

    private static bool IsScaling(Step step) =>
        step.Kind == StepKind.Operation && step.Role is Role.Arithmetic or Role.Activation or Role.Normalization or Role.Softmax;

    /// <summary>One of several tensors that all come from the same kind of source and were treated alike.</summary>
    private static Step? Alike(IReadOnlyList<Step> all, ref int parts)
    {
        if (all.Count == 0) return null;
        var first = Of(all[0], ref parts);
        foreach (var other in all.Skip(1))
            if (--parts < 0 || Of(other, ref parts) is var feed && (feed.Origin?.Kind != first.Origin?.Kind || first.Origin is null
                || feed.Scalings.Count != first.Scalings.Count)) return null;
        return all[0];
    }

    /// <summary>
    /// Whether an input of a network meets the weights of a layer as it is: nothing normalizes, bounds or looks it up before.
    /// </summary>
    /// <param name="input">The input, inside the network.</param>
    public static bool GoesStraightIn(Step input, int length = 0) =>
        input.Users.Count > 0 && length < MaxLength && input.Users.All(user => user.HasWeights || Inside(user, input, length));

    private static bool Inside(Step user, Step input, int length) =>
        user.Kind is StepKind.Part or StepKind.Choice || Chain.IsTransparent(user) || user.Role == Role.Resize
        ? GoesStraightIn(user, length + 1)
        : user.Inner is { } inner && inner.Steps.Where(s => s.Kind == StepKind.Input && user.Given(s) == input).ToList() is var inside
        && inside.Count > 0 && inside.All(i => GoesStraightIn(i, length + 1));
}
