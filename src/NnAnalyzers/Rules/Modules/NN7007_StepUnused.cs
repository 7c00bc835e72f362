using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>A layer or function is applied in forward, and nobody reads what comes out.</summary>
internal sealed class NN7007_StepUnused() : Rule("NN7007", RuleLevel.Advice, Category.Modules, RuleSource.Peers,
    "Step is not used", "What {0} gives is put into {1}, which nothing reads{2}")
{
    public override IEnumerable<Finding> Check(Network network, ProjectGraph project) =>
        from step in network.Steps
        where step is { Kind: StepKind.Operation or StepKind.Module, Users.Count: 0, IsReadOut: false, Conditional: false,
            Syntax: not null } && IsWork(step) && !step.IsMadeRepeatedly && !network.Outputs.Any(o => o.Step == step)
        let unread = Scope.UnreadVariable(step.Syntax!)
        where unread is not null
        select At(step.Syntax!, step.Name, unread.Value.Name, unread.Value.IsOverwritten ? " before it is overwritten" : "");

    /// <summary>What a network is built of; a number on the side may be worked out for a person who looks at it.</summary>
    private static bool IsWork(Step step) => step.Kind == StepKind.Module || step.HasWeights || step.IsActivation
        || step.Role is Role.Softmax or Role.Dropout or Role.Normalization or Role.Pooling or Role.Reshape or Role.Permute or Role.Resize
        or Role.Embedding or Role.Join;
}
