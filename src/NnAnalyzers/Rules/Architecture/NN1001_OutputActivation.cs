using NnAnalyzers.Graph;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>The network's output is cut off by an activation, and its loss needs the values that are lost.</summary>
internal sealed class NN1001_OutputActivation() : Rule("NN1001", RuleLevel.Proven, Category.Architecture,
    "Activation on the output layer",
    "{0} on the output layer keeps the network from giving {1} what it needs: only {2} come out ({3})")
{
    public override IEnumerable<Finding> Check(Network network, ProjectGraph project) =>
        from last in network.LastSteps()
        where last.IsActivation && last.Syntax is not null && network.SharedBuilder(last) is null // else NN1003 speaks
        let use = network.Losses.FirstOrDefault(u => u.IsCutBy(last.Op))
        where use is not null
        let finding = At(last.Syntax!, last.Op.Name, use.Op.Name, last.Op.Range, network.Path(last, use))
        // What a nested block does to its output, it does for all who use it.
        select network.Steps.Contains(last) ? finding.Fix($"Remove {last.Op.Name} from the output", Edit.Unwrap(last)) : finding;

    public override IEnumerable<Finding> Elsewhere(ProjectGraph project) =>
        from network in project.Networks
        from step in network.Steps
        where step.IsActivation && step.Syntax is not null && !network.LastSteps().Contains(step)
        select At(step.Syntax!, step.Op.Name).Fix($"Remove {step.Op.Name} from a hidden layer", Edit.Unwrap(step));
}
