using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>Tensors are put one behind the other and reshaped into a new axis that the values do not follow.</summary>
internal sealed class NN3006_GlueByReshape() : Rule("NN3006", RuleLevel.Likely, Category.Shapes, RuleSource.Article,
    "Concatenation reshaped into a new axis",
    "cat along axis {0} then {1} to {2} mixes the values of the {3} tensors; stack(.., {4}) makes the new axis")
{
    public override IEnumerable<Finding> Check(Network network, ProjectGraph project) => network.Steps.SelectMany(Judge);
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) => site.Steps.SelectMany(Judge);

    private IEnumerable<Finding> Judge(Step step)
    {
        if (step is not { Op.Name: "view" or "reshape", Layer: null, Syntax: { } place, Shape.HasRank: true,
            Input: { Op.Name: "cat", Inputs.Count: > 1 } joined }) yield break;
        var part = joined.Inputs[0].Shape;
        if (!part.HasRank || joined.Inputs.Any(i => !i.Shape.SameAs(part)) || step.Shape.Rank != part.Rank + 1) yield break;
        var dim = joined.Arguments.TryGetValue("dim", out var d) ? (d.Value as Constant)?.Integer : 0;
        if (part.Normalize(dim) is not { } axis) yield break;
        var places =
            Enumerable.Range(0, step.Shape.Rank).Where(p => part.Dims.Insert(p, Dim.Of(joined.Inputs.Count)).SequenceEqual(step.Shape.Dims))
            .ToList();
        // In front of the axis they were joined along the values are in order.
        if (places.Count == 0 || places.Contains(axis)) yield break;
        var list = (joined.Syntax as InvocationExpressionSyntax)?.ArgumentList.Arguments.FirstOrDefault()?.Expression;
        var callee = ((joined.Syntax as InvocationExpressionSyntax)?.Expression as MemberAccessExpressionSyntax)?.Expression;
        yield return At(place, axis, step.Op.Name, step.Shape, joined.Inputs.Count, places[0])
            .Fix("Stack the tensors",
            list is not null && place.Contains(joined.Syntax)
            ? Edit.Replace(place, $"{(callee is null ? "" : callee + ".")}stack({list}, {places[0]})") : null);
    }
}
