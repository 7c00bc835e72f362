using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>An element-wise loss stretches its two sides to a common, larger shape and compares every sample with every other.</summary>
internal sealed class NN3009_LossBroadcasts() : Rule("NN3009", RuleLevel.Proven, Category.Shapes, RuleSource.Peers,
    "Loss that broadcasts its two sides",
    "{0} of {1} and {2} compares {3}; the best it can learn is the mean")
{
    public override IEnumerable<Finding> Check(LossUse use, ProjectGraph project)
    {
        if (use is not { Op.Domain: LossDomain.AnyNumber, Prediction: { } prediction, Target: { } target,
            Loss: { Syntax: { } place, Conditional: false } }) yield break;
        var (p, t) = (prediction.Shape, target.Shape);
        if (!p.HasRank || !t.HasRank || p.Dims.All(d => d.Size == 1) || t.Dims.All(d => d.Size == 1) || !p.IsStretchedBy(t))
            yield break; // a single number may stand for all
        yield return Mend(use,
            At(place, use.Op.Name, p, t, p.Rank != t.Rank ? "every prediction with every target" : "one prediction with several targets"));
    }

    /// <summary>Takes the one axis too many from the side that has it.</summary>
    private static Finding Mend(LossUse use, Finding finding)
    {
        var isPrediction = use.Prediction!.Shape.Rank > use.Target!.Shape.Rank;
        var (more, fewer) = isPrediction ? (use.Prediction, use.Target) : (use.Target, use.Prediction);
        var ones = Enumerable.Range(0, more.Shape.Rank).Where(i => more.Shape.Dims[i].Size == 1).ToList();
        return more.Shape.Rank == fewer.Shape.Rank + 1 && ones is [var one] && use.SyntaxOf(more) is { } written
            ? finding.Fix($"Squeeze axis {one} of the {(isPrediction ? "prediction" : "target")}",
                Edit.Replace(written, $"{Edit.Receiver(written)}.squeeze({one})"))
            : finding;
    }
}
