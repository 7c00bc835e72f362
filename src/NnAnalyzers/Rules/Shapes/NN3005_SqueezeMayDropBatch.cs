using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>squeeze() drops every axis of size 1, the batch too when one sample is left in it.</summary>
internal sealed class NN3005_SqueezeMayDropBatch() : Rule("NN3005", RuleLevel.Likely, Category.Shapes, RuleSource.Article,
    "Squeeze that may drop the batch",
    "{0} of {1} drops the batch axis when a batch holds one sample; name the axis of size 1")
{
    public override IEnumerable<Finding> Check(Network network, ProjectGraph project)
    {
        bool Matters(Step step) => step.HasWeights || network.Losses.Count > 0 && network.Outputs.Any(o => o.Step == step);
        return network.Steps.SelectMany(s => Judge(s, Matters)).Concat(network.Steps
            .Where(s => IsOfBatch(s, network) && Leads(s, Matters, 0) && project.IsFedParts(network))
            .Select(s => At(s.Syntax!, "squeeze(0)", s.Input!.Shape)));
    }

    /// <summary>squeeze(0) where the first axis is the batch that the network is given, however many axes there are.</summary>
    private static bool IsOfBatch(Step step, Network network) =>
        step is { Op.Name: "squeeze", Layer: null, Syntax: not null, PredictionOnly: false, Input: { Shape.HasRank: false } input }
        && AxisOf(step) == 0 && Batches.InputOf(input) is { } batch
        && batch == network.Steps.FirstOrDefault(s => s.Kind == StepKind.Input);

    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        site.Steps.SelectMany(s => Judge(s, step => step.Role == Role.Loss));

    private IEnumerable<Finding> Judge(Step step, Func<Step, bool> matters)
    {
        if (step is not { Op.Name: "squeeze", Layer: null, Syntax: InvocationExpressionSyntax call, PredictionOnly: false,
            Input.Shape: { Rank: >= 2 } shape }
            || AxisOf(step) is not (null or 0) || step.Arguments.ValueOf("dim") is { IsNull: false, Dim.Size: null }) yield break;
        // A batch whose size is a number is one the author had in mind.
        if (shape.Dims[0].Size is not null || !Leads(step, matters, 0)) yield break;
        var ones = Enumerable.Range(1, shape.Rank - 1).Where(i => shape.Dims[i].Size == 1).ToList();
        if (ones.Count == 0 && AxisOf(step) is null) yield break;
        var finding = At(call, AxisOf(step) == 0 ? "squeeze(0)" : "squeeze()", shape);
        // The last first, so that the others keep their numbers.
        yield return ones.Count > 0 && Edit.Operand(step) is { } operand ? finding.Fix($"Squeeze axis {string.Join(" and ", ones)} only",
            Edit.Replace(call, Edit.Receiver(operand) + string.Concat(ones.AsEnumerable().Reverse().Select(i => $".squeeze({i})"))))
            : finding;
    }

    private static long? AxisOf(Step step) => step.Arguments.ValueOf("dim") is { IsNull: false } dim
        ? dim.Dim.Size is < 0 and var back ? back + step.Input!.Shape.Rank : dim.Dim.Size : null;

    private static bool Leads(Step step, Func<Step, bool> to, int depth) =>
        to(step) || depth < 8 && step.Users.Any(u => Leads(u, to, depth + 1));
}
