using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>flatten() of a tensor starts at the batch axis: all samples become one row.</summary>
internal sealed class NN3004_FlattenMergesBatch() : Rule("NN3004", RuleLevel.Proven, Category.Shapes, RuleSource.Article,
    "Flatten that merges the batch",
    "{0} of {1} merges the batch too, and {2} reads all samples as one row; flatten(1) keeps them apart")
{
    public override IEnumerable<Finding> Check(Network network, ProjectGraph project) =>
        from step in network.Steps
        where step is { Layer: null, Syntax: not null, Input.Shape.Rank: >= 2 } && IsOneRow(step)
        && step.Input!.Shape.At(0).Size != 1
        // Only where a batch is sure: a shape that training code gives, or a normalization over the batch.
        where network.Steps.FirstOrDefault() is { Kind: StepKind.Input, Users.Count: > 0, Shape.HasRank: true }
        && (project.IsFedKnownShape(network)
        || network.Steps.TakeWhile(s => s != step).Any(s => s.Op.Name.StartsWith("BatchNorm", StringComparison.Ordinal)))
        where !network.Steps.Any(s => s.Role is Role.Convolution && s.Input?.Shape.Rank == s.Op.SpatialAxes + 1) // single pictures
        let head = Chain.HeadOf(step)
        where head is not null
        let written = step.Syntax as Microsoft.CodeAnalysis.CSharp.Syntax.InvocationExpressionSyntax
        let name = step.Op.Name == "Flatten" ? "flatten()" : $"{step.Op.Name}(-1)"
        select At(step.Syntax!, name, step.Input!.Shape, head.Label).Near("the layer that reads it", head.Syntax).Fix("Flatten each sample",
            Edit.Operand(step) is { } operand && written is not null ? Edit.Replace(written, $"{Edit.Receiver(operand)}.flatten(1)")
            : null);

    private static bool IsOneRow(Step step) => step.Op.Name == "Flatten" ? Start(step) == 0
        : step.Op.Name is "view" or "reshape" && ShapeFunctions.Target(step.Applied) is [{ Size: -1 }];

    private static long? Start(Step step) =>
        step.Arguments.TryGetValue("start_dim", out var start) ? (start.Value as Constant)?.Integer : 0;
}
