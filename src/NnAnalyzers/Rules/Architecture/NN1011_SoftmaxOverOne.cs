using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>A softmax over an axis of size 1 is always 1, whatever goes in.</summary>
internal sealed class NN1011_SoftmaxOverOne() : Rule("NN1011", RuleLevel.Proven, Category.Architecture, RuleSource.Peers,
    "Softmax over a single value",
    "{0} over axis {1} of {2} is always {3}: one value has nothing to compete with")
{
    public override IEnumerable<Finding> Check(Network network, ProjectGraph project) =>
        network.Steps.SelectMany(s => Judge(s, network.Losses, network, project));

    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        site.Steps.SelectMany(s => Judge(s, site.Uses, null, project));

    private IEnumerable<Finding> Judge(Step step, IEnumerable<LossUse> uses, Network? network, ProjectGraph project)
    {
        if (!IsOverOne(step) || step.Syntax is null) yield break;
        var use = uses.FirstOrDefault(u => u.Ends.Any(e => e.Last == step));
        var finding = At(step.Syntax, step.Op.Name, Softmaxes.AxisOf(step)!, step.Input!.Shape, step.Op.Name == "LogSoftmax" ? "0" : "1");
        yield return use?.Op.Domain switch
        {
            // One unit is a yes or no: its logit goes into the binary loss that has the sigmoid inside.
            LossDomain.Probabilities when project.IsOnlyForLosses(step, network)
                && Edit.RenameLoss(use.Loss, "BCEWithLogitsLoss", "binary_cross_entropy_with_logits") is { } loss =>
                finding.Fix($"Remove {step.Op.Name} and use BCEWithLogitsLoss", Edit.Unwrap(step), loss),
            // Who compares it with a threshold wants a probability.
            LossDomain.Probabilities => finding.Fix("Use Sigmoid", Edit.Rename(step, "Sigmoid", "sigmoid", isAlone: true)),
            LossDomain.AnyNumber => finding.Fix($"Remove {step.Op.Name}", Edit.Unwrap(step)),
            _ => finding,
        };
    }

    /// <summary>Also asked by rules that leave this place to this one.</summary>
    public static bool IsOverOne(Step step) =>
        step is { Role: Role.Softmax, Conditional: false } && Softmaxes.AxisOf(step) is { } axis && step.Input?.Shape.At(axis).Size == 1;
}
