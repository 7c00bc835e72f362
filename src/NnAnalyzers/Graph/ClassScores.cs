using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>A tensor that holds a score for every class, and the axis of the classes, as what is done with it tells.</summary>
/// <param name="Rank">The number of its axes.</param>
internal sealed record ClassScores(Step Scores, int Axis, int Rank)
{
    /// <summary>What a loss over classes is given; of another loss, what a Linear of several units gave for a batch.</summary>
    /// <param name="aligned">The steps back from a tensor through which every axis stays where it is.</param>
    public static ClassScores? Of(LossUse use, Func<Step, IEnumerable<Step>> aligned)
    {
        if (use is not { Prediction: { } scores, Loss.PredictionOnly: false }) return null;
        var isOverClasses = Fit.IsOverClasses(use.Op.Domain);
        var rank = scores.Shape.HasRank ? scores.Shape.Rank
            : use is { Op.Domain: LossDomain.LogProbabilities, Target.Shape: { HasRank: true, Rank: var numbers } } ? numbers + 1 : -1;
        return isOverClasses ? rank < 2 ? null : new(scores, 1, rank)
            : rank == 2 && scores.Shape.At(1).Size > 1 && use.IsSupervised
            && aligned(scores).FirstOrDefault(s => s.HasWeights)?.Role == Role.Linear ? new(scores, 1, rank) : null;
    }

    /// <summary>
    /// What one score a sample is taken from: by <c>gather</c>, by two indices, or as the sum of its products with a target.
    /// </summary>
    /// <param name="isTaught">Whether a step decides what is learned.</param>
    public static ClassScores? Of(Step step, Func<Step, bool> isTaught) => step switch
    {
        { Op.Name: "gather", Input: { } scores } => At(scores, Softmaxes.Axis(step)),
        { Op.Name: "index", Input: { } scores } when step.Arguments.ValueOf("indices") is Items { Elements: [Step, Step] } => At(scores, 1),
        { Op.Name: "sum", Input: { } each } when Products(each) is [var a, var b] && isTaught(a) != isTaught(b) =>
            At(isTaught(a) ? a : b, Softmaxes.Axis(step)),
        _ => null,
    };

    private static IReadOnlyList<Step>? Products(Step step) => step switch
    {
        { Op.Name: "mul", Inputs: { Count: 2 } both } => both,
        { Op.Name: "neg" or "mul" or "div" or "Identity", Inputs: [{ } only] } => Products(only),
        _ => null,
    };

    private static ClassScores? At(Step scores, long? axis) =>
        scores.Shape is { Rank: >= 2 } shape && shape.Normalize(axis) is { } known ? new(scores, known, shape.Rank) : null;
}
