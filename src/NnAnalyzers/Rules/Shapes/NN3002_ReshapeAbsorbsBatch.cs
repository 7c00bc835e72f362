using System.Globalization;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Shapes;

namespace NnAnalyzers.Rules;

/// <summary>view(-1, K) on the way to the head: when K is not what one sample holds, samples run into each other.</summary>
internal sealed class NN3002_ReshapeAbsorbsBatch() : Rule("NN3002", RuleLevel.Proven, Category.Shapes, RuleSource.Article,
    "Reshape that mixes samples",
    "{0} puts {1} values in a row, but {2}")
{
    public override IEnumerable<Finding> Check(Network network, ProjectGraph project) => network.Steps.SelectMany(Judge);

    private IEnumerable<Finding> Judge(Step step)
    {
        if (step is not { Op.Name: "view" or "reshape", Layer: null, Syntax: { } place, Input: { Shape.Rank: >= 3 } source }) yield break;
        if (ShapeFunctions.Target(step.Applied) is not [{ Size: -1 }, { Size: { } row }] || Chain.HeadOf(step) is not { } head) yield break;
        var sample = source.Shape.ElementsPerSample.Size;
        if (sample == row || source.Shape.At(-1).Size == row) yield break;
        // Unless the size is known, only a map of a convolution or pooling has one that depends on the picture.
        if (sample is null && !Chain.IsMap(source)) yield break;
        var finding = At(place, step.Op.Name + (place as InvocationExpressionSyntax)?.ArgumentList, row, sample is null
            ? "a sample holds that many only for one picture size; with any other, samples run into each other"
            : $"a sample of {source.Shape} holds {sample}: samples run into each other");
        // As many as it has channels: a row for each pixel is meant, and the channels have to come last first.
        if (sample is not null && source.Shape.At(1).Size == row)
            yield return finding.Fix("Bring the channels to the end", Edit.Operand(step) is { } map ? Edit.Replace(place,
                $"{Edit.Receiver(map)}.permute(0, {string.Join(", ", Enumerable.Range(2, source.Shape.Rank - 2))}, 1).reshape(-1, {row})")
                : null);
        else if (sample is null) yield return finding.Fix("Flatten each sample", Flatten(step));
        // The layer that reads the rows must take what a sample really holds.
        else yield return head.Arguments.TryGetValue("inputSize", out var size) && size.Operation.Syntax is ArgumentSyntax written
            ? finding.Fix($"Flatten each sample; {head.Name} reads {sample}", Flatten(step),
            Edit.Replace(written.Expression, sample.Value.ToString(CultureInfo.InvariantCulture))) : finding;
    }

    private static IEnumerable<Edit>? Flatten(Step step) =>
        Edit.Operand(step) is { } operand ? Edit.Replace(step.Syntax!, $"{Edit.Receiver(operand)}.flatten(1)") : null;

    public override IEnumerable<Finding> Elsewhere(ProjectGraph project) =>
        from step in project.Networks.SelectMany(n => n.Steps)
        where step is { Op.Name: "view" or "reshape", Layer: null, Syntax: not null } && Chain.HeadOf(step) is not null
        select At(step.Syntax!, step.Op.Name).Fix("Flatten each sample", Flatten(step));
}
