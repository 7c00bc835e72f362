using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>One of the terms whose sum goes backward.</summary>
/// <param name="Prediction">The output of a network, or the part of it, that it is about.</param>
/// <param name="IsCompared">Something that no network made has a hand in it, such as a target.</param>
internal sealed record LossTerm(Step Step, Step Prediction, bool IsCompared);

/// <summary>Takes a loss that is put together apart.</summary>
internal static class LossTerms
{
    /// <summary>How many steps there may be between what goes backward and the predictions.</summary>
    private const int MaxSteps = 128;

    /// <summary>What was found behind a term.</summary>
    private sealed class Behind
    {
        public Dictionary<Step, bool> Seen { get; } = [];
        public HashSet<Step> Predictions { get; } = [];
        public List<Step> Way { get; } = [];

        /// <summary>Where ways end that lead to no prediction.</summary>
        public List<Step> Others { get; } = [];

        /// <summary>The one network's output it is about; null if there are several.</summary>
        public Step? Whole => Predictions.Select(LossTerms.Whole).Distinct().ToList() is [var whole] ? whole : null;
    }

    /// <summary>
    /// The terms about one prediction, the one with most of them; empty where anything on the way is not read, where several networks have
    /// a hand in it, and where something else than numbers is predicted.
    /// </summary>
    public static IReadOnlyList<LossTerm> Of(Step backward)
    {
        var terms = new List<LossTerm>();
        // A line that a loop, or a helper, comes to several times is one term.
        foreach (var step in Summands(backward).GroupBy(s => s.Syntax).Select(g => g.First()))
        {
            var behind = new Behind();
            if (!Follow(step, behind)) continue;
            if (behind.Seen.Count >= MaxSteps || behind.Way.Any(IsOther) || behind.Whole is not { } whole) return [];
            terms.Add(new(step, behind.Predictions.Count == 1 ? behind.Predictions.Single() : whole, behind.Others.Count > 0));
        }
        return terms.Select(t => Whole(t.Prediction)).Distinct().Count() > 1 ? []
            : terms.GroupBy(t => t.Prediction).OrderByDescending(g => g.Count()).FirstOrDefault()?.ToList() ?? [];
    }

    /// <summary>What a sum adds up, through weights that are numbers and means.</summary>
    private static IEnumerable<Step> Summands(Step step)
    {
        var (open, seen) = (new Queue<Step>([step]), new HashSet<Step>());
        while (open.Count > 0 && seen.Count < MaxSteps)
        {
            var next = open.Dequeue();
            if (!seen.Add(next)) continue;
            if (next.Role == Role.Identity && next.Op.Name != "detach" || next.Op.Name is "add" or "mean" or "sum"
                || next is { Op.Name: "mul" or "div" or "sub" or "neg", Inputs.Count: 1 })
                foreach (var input in next.Inputs) open.Enqueue(input);
            else yield return next;
        }
    }

    /// <summary>Whether a prediction is behind a step.</summary>
    private static bool Follow(Step step, Behind behind)
    {
        if (behind.Seen.TryGetValue(step, out var known)) return known;
        if (behind.Seen.Count >= MaxSteps) return false;
        if (step.Role != Role.Identity && Whole(step) is not null) return behind.Seen[step] = behind.Predictions.Add(step);
        behind.Seen[step] = false;
        // Every input is followed: all of them are noted.
        var isPredicted = step.Inputs.Count(i => Follow(i, behind)) > 0;
        if (isPredicted || step.Inputs.Count == 0) (isPredicted ? behind.Way : behind.Others).Add(step);
        return behind.Seen[step] = isPredicted;
    }

    /// <summary>The network's output, or that of a layer, which a step is or is a part of; null for any other step.</summary>
    private static Step? Whole(Step step)
    {
        for (var length = 0; length < MaxSteps; length++)
            if (step.Kind == StepKind.Network || step.HasWeights) return step;
            else if ((step.Kind == StepKind.Part || step.Role is Role.Indexing or Role.Identity && step.Op.Name != "detach")
                && step.Input is { } input) step = input;
            else return null;
        return null;
    }

    /// <summary>What is not read, or says that kinds or chances are predicted.</summary>
    private static bool IsOther(Step step) => step.Kind == StepKind.Unknown || step.Role == Role.Softmax || step.Op.Name == "Sigmoid"
        || step.Role == Role.Loss && step.Op.Domain != LossDomain.AnyNumber;
}
