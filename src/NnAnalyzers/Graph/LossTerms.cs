using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>One of the terms whose sum goes backward.</summary>
/// <param name="Prediction">The output of a network, or the part of it, that it is about.</param>
/// <param name="IsCompared">Something that no network made has a hand in it, such as a target.</param>
internal sealed record LossTerm(Step Step, Step Prediction, bool IsCompared);

/// <summary>Takes a loss that is put together apart.</summary>
/// <param name="networkOf">The network that a step of training code applies.</param>
internal sealed class LossTerms(Func<Step, Network?> networkOf)
{
    /// <summary>How many steps there may be between what goes backward and the predictions.</summary>
    private const int MaxSteps = 512;

    /// <summary>What a loss class is given where it is applied.</summary>
    private readonly Dictionary<Step, Step> _given = [];

    private readonly Dictionary<Step, bool> _seen = [];

    /// <summary>
    /// The terms about one prediction, the one with most of them; empty where anything on the way is not read, where several networks have
    /// a hand in it, and where something else than numbers is predicted.
    /// </summary>
    public IReadOnlyList<LossTerm> Of(Step backward)
    {
        var terms = new List<LossTerm>();
        // A line that a loop, or a helper, comes to several times is one term.
        foreach (var step in Summands(backward).GroupBy(s => s.Syntax).Select(g => g.First()))
        {
            var (predictions, way, others) = (new HashSet<Step>(), new List<Step>(), new List<Step>());
            _seen.Clear();
            if (!Follow(step, predictions, way, others)) continue;
            if (_seen.Count >= MaxSteps || way.Any(IsOther) || predictions.Select(Whole).Distinct().Count() > 1) return [];
            terms.Add(new(step, predictions.Count == 1 ? predictions.Single() : Whole(predictions.First())!, others.Count > 0));
        }
        return terms.Select(t => Whole(t.Prediction)).Distinct().Count() > 1 ? []
            : terms.GroupBy(t => t.Prediction).OrderByDescending(g => g.Count()).FirstOrDefault()?.ToList() ?? [];
    }

    /// <summary>What a sum adds up, through weights that are numbers and means.</summary>
    private IEnumerable<Step> Summands(Step step)
    {
        var (open, seen) = (new Queue<Step>([step]), new HashSet<Step>());
        while (open.Count > 0 && seen.Count < MaxSteps)
        {
            var next = open.Dequeue();
            if (!seen.Add(next)) continue;
            if (next.Role == Role.Identity && next.Op.Name != "detach" || next.Op.Name is "add" or "mean" or "sum"
                || next is { Op.Name: "mul" or "div" or "sub" or "neg", Inputs.Count: 1 })
                foreach (var input in next.Inputs) open.Enqueue(input);
            else if (LossClass(next) is { } output) open.Enqueue(output);
            else yield return next;
        }
    }

    /// <summary>What comes out of a module without weights that is given two tensors, or more: a loss.</summary>
    private Step? LossClass(Step step)
    {
        if (step is not { Kind: StepKind.Network, Inputs.Count: > 1 } || networkOf(step) is not { Outputs: [{ Step: var output }] } loss
            || loss.AllSteps.Any(s => s.Step.HasWeights)) return null;
        foreach (var input in loss.Steps.Where(s => s.Kind == StepKind.Input))
            if (step.Arguments.ValueOf(input.Op.Name) is Step given) _given[input] = given;
        return output;
    }

    /// <summary>Whether a prediction is behind a step; notes which, the steps on the way to it, and where other ways end.</summary>
    private bool Follow(Step step, HashSet<Step> predictions, List<Step> way, List<Step> others)
    {
        if (_seen.TryGetValue(step, out var known)) return known;
        if (_seen.Count >= MaxSteps) return false;
        if (_given.TryGetValue(step, out var given)) return _seen[step] = Follow(given, predictions, way, others);
        if (step.Role != Role.Identity && Whole(step) is not null) return _seen[step] = predictions.Add(step);
        _seen[step] = false;
        // Every input is followed: all of them are noted.
        var isPredicted = step.Inputs.Count(i => Follow(i, predictions, way, others)) > 0;
        if (isPredicted || step.Inputs.Count == 0) (isPredicted ? way : others).Add(step);
        return _seen[step] = isPredicted;
    }

    /// <summary>The network's output, or that of a layer, which a step is or is a part of; null for any other step.</summary>
    private static Step? Whole(Step step) => step.Kind == StepKind.Network || step.HasWeights ? step
        : (step.Kind == StepKind.Part || step.Role is Role.Indexing or Role.Identity && step.Op.Name != "detach")
            && step.Input is { } input ? Whole(input) : null;

    /// <summary>What is not read, or says that kinds or chances are predicted.</summary>
    private static bool IsOther(Step step) => step.Kind == StepKind.Unknown || step.Role == Role.Softmax || step.Op.Name == "Sigmoid"
        || step.Role == Role.Loss && step.Op.Domain != LossDomain.AnyNumber;
}
