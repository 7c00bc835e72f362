using System.Collections.Immutable;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>view() cannot merge axes that a permutation has moved apart in memory; it throws.</summary>
internal sealed class NN3007_ViewAfterPermute() : Rule("NN3007", RuleLevel.Proven, Category.Shapes, RuleSource.TorchSharp,
    "View of permuted axes",
    "view to {0} merges axes that {1} has moved apart in memory and throws; reshape copies them first")
{
    public override IEnumerable<Finding> Check(Network network, ProjectGraph project) => network.Steps.SelectMany(Judge);
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) => site.Steps.SelectMany(Judge);

    private IEnumerable<Finding> Judge(Step step)
    {
        if (step is not { Op.Name: "view", Layer: null,
            Syntax: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access },
            Input: { Op.Name: "permute" or "transpose", Shape.HasRank: true } moved }) yield break;
        if (Order(moved) is not { } order || ShapeFunctions.Target(step.Applied) is not { } target
            || !Merges(moved.Shape.Dims, order, target)) yield break;
        yield return At(step.Syntax, step.Shape, moved.Op.Name).Fix("Use reshape", Edit.Replace(access.Name, "reshape"));
    }

    /// <summary>Which axis of memory each axis is.</summary>
    private static IReadOnlyList<int>? Order(Step moved)
    {
        var marked = Shape.Of(Enumerable.Range(0, moved.Shape.Rank).Select(i => Dim.Of(1000 + i)));
        var result = moved.Op.Shape!(moved.AppliedTo(marked));
        return result.IsConstant ? result.Dims.Select(d => (int)d.Size!.Value - 1000).ToList() : null;
    }

    /// <summary>Whether some axis of the target is made of axes that do not follow one another in memory.</summary>
    private static bool Merges(ImmutableArray<Dim> source, IReadOnlyList<int> order, IReadOnlyList<Dim> target)
    {
        // Axes that stay are matched from both ends; what is left in the middle is merged or split.
        var (from, to, end) = (0, 0, 0);
        while (from < source.Length && to < target.Count && source[from].Equals(target[to])) (from, to) = (from + 1, to + 1);
        while (source.Length - end > from && target.Count - end > to
            && source[source.Length - 1 - end].Equals(target[target.Count - 1 - end])) end++;
        // Only where the middle becomes a single axis is it sure that all of it is merged.
        var middle = Enumerable.Range(from, source.Length - end - from).Where(i => source[i].Size != 1).ToList();
        if (target.Count - end - to != 1 || middle.Count < 2) return false;
        return middle.Zip(middle.Skip(1), (a, b) => order[b] != order[a] + 1).Any(apart => apart);
    }
}
