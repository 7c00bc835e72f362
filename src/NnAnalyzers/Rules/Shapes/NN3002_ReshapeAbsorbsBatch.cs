using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>view(-1, K) on the way to the head: when K is not what one sample holds, samples run into each other.</summary>
internal sealed class NN3002_ReshapeAbsorbsBatch() : Rule("NN3002", RuleLevel.Proven, Category.Shapes, RuleSource.Article,
    "Reshape that mixes samples",
    "{0} puts {1} values in a row, but {2}")
{
    public override IEnumerable<Finding> Check(Network network, ProjectGraph project)
    {
        foreach (var step in network.Steps)
        {
            if (step.Op.Name is not ("view" or "reshape") || step.Layer is not null || step.Syntax is null || step.Input is not { } source
                || source.Shape.Rank < 3) continue;
            if (ShapeFunctions.Target(step.Applied) is not [{ Size: -1 }, { Size: { } row }] || Chain.HeadOf(step) is not { } head)
                continue;
            var sample = source.Shape.ElementsPerSample.Size;
            if (sample == row || source.Shape.Dims[source.Shape.Rank - 1].Size == row) continue;
            // Unless the size is known, only a map of a convolution or pooling has one that depends on the picture.
            if (sample is null && !IsMap(source)) continue;
            var finding =
                At(step.Syntax,
                step.Syntax is Microsoft.CodeAnalysis.CSharp.Syntax.InvocationExpressionSyntax call ? $"{step.Op.Name}{call.ArgumentList}"
                : step.Op.Name, row,
                sample is null ? "a sample holds that many only for one picture size; with any other, samples run into each other"
                    : $"a sample of {source.Shape} holds {sample}: samples run into each other");
            var flatten = Edit.Operand(step) is { } operand ? Edit.Replace(step.Syntax, $"{Edit.Receiver(operand)}.flatten(1)") : null;
            if (sample is null) yield return finding.Fix("Flatten each sample", flatten);
            // The layer that reads the rows must take what a sample really holds.
            else yield return head.Arguments.TryGetValue("inputSize", out var size)
            && size.Operation.Syntax is Microsoft.CodeAnalysis.CSharp.Syntax.ArgumentSyntax written
                ? finding.Fix($"Flatten each sample; {head.Name} reads {sample}", flatten,
                Edit.Replace(written.Expression, sample.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)))
                : finding;
        }
    }

    private static bool IsMap(Step step) => step.Role switch
    {
        Role.Convolution or Role.Pooling => true,
        Role.Activation or Role.Dropout or Role.Normalization or Role.Identity => step.Input is { } input && IsMap(input),
        _ => false,
    };

    public override IEnumerable<Finding> Elsewhere(ProjectGraph project) =>
        from network in project.Networks
        from step in network.Steps
        where step.Op.Name is "view" or "reshape" && step.Layer is null && step.Syntax is not null && Chain.HeadOf(step) is not null
        let operand = Edit.Operand(step)
        where operand is not null
        select At(step.Syntax!, step.Op.Name).Fix("Flatten each sample",
        Edit.Replace(step.Syntax!, $"{Edit.Receiver(operand)}.flatten(1)"));
}
