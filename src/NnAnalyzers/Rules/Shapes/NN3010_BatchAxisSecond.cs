using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>A layer that wants the time first is given the batch first, and reads one sample after the other.</summary>
internal sealed class NN3010_BatchAxisSecond() : Rule("NN3010", RuleLevel.Likely, Category.Shapes, RuleSource.Peers,
    "Batch read as time",
    "{0} takes the first axis for time, and it is the batch: {1}; one sample's output depends on the others")
{
    public override IEnumerable<Finding> Check(Network network, ProjectGraph project) =>
        from step in network.Steps
        where step is { Conditional: false, Input: { } input, Syntax: not null } && BatchSecond.IsReader(step)
        let said = BatchSecond.Contradicts(step, network, project)
        where said is not null
        select Mend(At(step.Syntax!, step.Name, said), step);

    private static Finding Mend(Finding finding, Step step)
    {
        if (step.Layer?.Creation is IInvocationOperation made
            && made.TargetMethod.Parameters.FirstOrDefault(p => p.Name is "batchFirst" or "batch_first") is { } parameter)
            // A state that is handed over has sizes of its own.
            return step.Inputs.Count > 1 ? finding : finding.Fix("The batch comes first", Edit.SetArgument(made, parameter, "true"));
        const string turn = ".transpose(0, 1)";
        return step is { Inputs.Count: 1, Operation: IInvocationOperation { Syntax: InvocationExpressionSyntax
            { ArgumentList.Arguments: [{ NameColon: null, Expression: var first }, ..] } call } }
            ? finding.Fix("Transpose before and after", [new Edit(call.SyntaxTree, first.Span, Edit.Receiver(first) + turn),
                new Edit(call.SyntaxTree, new(call.Span.End, 0), turn)]) : finding;
    }
}
