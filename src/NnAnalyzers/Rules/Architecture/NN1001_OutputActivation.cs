using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>The network's output is cut off by an activation, and its loss needs the values that are lost.</summary>
internal sealed class NN1001_OutputActivation() : Rule("NN1001", RuleLevel.Proven, Category.Architecture, RuleSource.Article,
    "Activation on the output layer",
    "{0} on the output layer keeps the network from giving {1} what it needs: only {2} come out ({3})")
{
    public override IEnumerable<Finding> Check(LossUse use, ProjectGraph project) =>
        use.IsOverOneClass ? [] // NN1013 speaks
            : from end in use.Ends
              let last = end.Last
              where last.Syntax is not null && end.Network is not null && use.IsCutBy(end)
              let network = end.Network!
              where !network.Steps.Contains(last) || network.SharedBuilder(last) is null // else NN1003 speaks
              let finding = At(last.Syntax!, last.Op.Name, use.Op.Name, last.Op.Range, Chain.Path(end, use))
              // What a nested block does to its output, it does for all who use it.
              select network.Steps.Contains(last) && project.IsOnlyForLosses(last, network, orPredicted: true)
              ? finding.Fix($"Remove {last.Op.Name} from the output", Edit.Unwrap(last)) : finding;

    public override IEnumerable<Finding> Elsewhere(ProjectGraph project) =>
        from network in project.Networks
        from step in network.Steps
        where step.IsActivation && step.Syntax is not null && !network.LastSteps.Contains(step)
        select At(step.Syntax!, step.Op.Name).Fix($"Remove {step.Op.Name} from a hidden layer", Edit.Unwrap(step));
}
