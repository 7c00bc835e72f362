using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Shapes;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>A reshape is used to reorder axes: sizes come out right, values do not.</summary>
internal sealed class NN3001_ReshapeForPermute() : Rule("NN3001", RuleLevel.Proven, Category.Shapes, RuleSource.Article,
    "Reshape used to reorder axes",
    "{0} to {1} reads the values of {2} in their old order and scrambles them; permute({3}) moves the axes")
{
    public override IEnumerable<Finding> Check(Network network, ProjectGraph project) => network.Steps.SelectMany(Judge);
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) => site.Steps.SelectMany(Judge);

    private IEnumerable<Finding> Judge(Step step)
    {
        if (step is not { Op.Name: "view" or "reshape", Layer: null, Input: { } source, Syntax: { } place }) yield break;
        var ofBatch = AxisOrder.OfBatch(source.Shape, step.Shape);
        if ((ofBatch ?? AxisOrder.Of(source.Shape, step.Shape)) is not { } order) yield break;
        var axes = string.Join(", ", order);
        // What merges axes is still to be done; and view wants memory in order, which permute does not leave.
        var then = ofBatch is not null ? $".reshape{(place as InvocationExpressionSyntax)?.ArgumentList}"
            : step.Users.Any(u => u.Op.Name == "view") ? ".contiguous()" : "";
        var fix = Edit.Operand(step) is { } operand ? Edit.Replace(place, $"{Edit.Receiver(operand)}.permute({axes}){then}") : null;
        yield return At(place, step.Op.Name, step.Shape, source.Shape.HasRank ? source.Shape : (object)"the same tensor", axes)
            .Fix("Move the axes with permute", fix);
    }

    public override IEnumerable<Finding> Elsewhere(ProjectGraph project) =>
        from network in project.Networks
        from step in network.Steps
        where step is { Op.Name: "view" or "reshape", Layer: null, Syntax: not null, Shape.Rank: 3 or 4 } && !Judge(step).Any()
        select At(step.Syntax!, step.Op.Name).Fix("Swap two axes", Edit.Replace(step.Syntax!, $"{step.Syntax}.transpose(1, 2)"));
}
