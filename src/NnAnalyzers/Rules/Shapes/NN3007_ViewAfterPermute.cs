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
            Input: { Op.Name: "permute" or "transpose", Shape.HasRank: true } moved }
            || moved.Input?.Op.Name is "permute" or "transpose" or "movedim" or "swapaxes") yield break; // the second may undo the first
        if (Order(moved) is not { } order || ShapeFunctions.Target(step.Applied) is not { } target
            || !Views.Throws(moved.Shape.Dims, order, target, step.Shape.Dims)) yield break;
        yield return At(step.Syntax, step.Shape, moved.Op.Name).Near("where axes change places", moved)
            .Fix("Use reshape", Edit.Replace(access.Name, "reshape"));
    }

    /// <summary>Which axis of memory each axis is.</summary>
    private static IReadOnlyList<int>? Order(Step moved)
    {
        var marked = Shape.Of(Enumerable.Range(0, moved.Shape.Rank).Select(i => Dim.Of(1000 + i)));
        var result = moved.Op.Shape!(moved.AppliedTo(marked));
        return result.IsConstant ? result.Dims.Select(d => (int)d.Size!.Value - 1000).ToList() : null;
    }
}
