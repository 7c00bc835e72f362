using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>A loss that is not symmetric gets the target where it wants the prediction, and the prediction as the target.</summary>
internal sealed class NN4018_LossArgumentsSwapped() : Rule("NN4018", RuleLevel.Likely, Category.Training, RuleSource.Peers,
    "Prediction and target swapped",
    "{0} is given the target first and the prediction as its target; it wants the prediction first")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from loss in project.GradientsOf(site).Steps
        where loss is { Role: Role.Loss, Syntax: not null, Inputs.Count: >= 2 } && Fit.HasSides(loss.Op)
        let first = loss.Inputs[0]
        let second = loss.Inputs[1]
        where project.GradientsOf(site).Passes(second) && !project.GradientsOf(site).Passes(first)
            && LossUse.IsGiven(first, LossUse.IsOfBatch)
            // With what is learned as the target it is the divergence the other way round, which may be meant.
            && (loss.Op.Domain != LossDomain.LogDistribution || first.Range is { Low: >= 0 })
        select At(loss.Syntax!, loss.Op.Name).Fix("Swap the prediction and the target", Edit.Swap(loss.Operation));
}
