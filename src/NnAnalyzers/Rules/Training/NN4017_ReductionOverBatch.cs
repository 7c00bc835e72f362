using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>A softmax over the batch: the samples compete with each other, where the classes of each should.</summary>
internal sealed class NN4017_ReductionOverBatch() : Rule("NN4017", RuleLevel.Likely, Category.Training, RuleSource.Peers,
    "Softmax over the batch",
    "{0} over axis {1} makes the samples of a batch compete; the classes of {2} are on axis {3}")
{
    public override IEnumerable<Finding> Check(LossUse use, ProjectGraph project) =>
        ClassScores.Of(use, project.Aligned) is { } scores ? Judge(scores, project) : [];

    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from step in project.GradientsOf(site).Steps
        let scores = ClassScores.Of(step, project.GradientsOf(site).Passes)
        where scores is not null
        from finding in Judge(scores, project)
        select finding;

    private IEnumerable<Finding> Judge(ClassScores found, ProjectGraph project)
    {
        var softmax = project.Aligned(found.Scores).FirstOrDefault(s => Softmaxes.Over(s) is not null);
        if (softmax is not { Syntax: { } place, PredictionOnly: false } || Softmaxes.AxisOf(softmax) is not { } axis
            || (axis < 0 ? axis + found.Rank : axis) != 0 || found.Axis == 0) yield break;
        var (over, last) = (Softmaxes.Over(softmax)!, found.Axis == found.Rank - 1);
        // The last axis is that of a single sample's classes, too.
        yield return At(place, softmax.Op.Name is "div" or "sub" ? "A softmax" : softmax.Op.Name, axis,
                found.Scores.Shape.HasRank ? found.Scores.Shape.ToString() : $"{found.Rank} axes", found.Axis)
            .Fix($"Over the classes: axis {(last ? -1 : found.Axis)}", Edit.SetAxis(over, last ? -1 : found.Axis));
    }
}
