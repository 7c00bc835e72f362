using Microsoft.CodeAnalysis;
using NnAnalyzers.Graph;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Projects;

/// <summary>Which loss meets which network, through what training code does between them.</summary>
/// <param name="networkOf">The network a step of training code applies.</param>
/// <param name="sitesReaching">All training code from which a file is reached.</param>
internal sealed class LossLinks(Func<Step, Network?> networkOf, Func<SyntaxTree, IEnumerable<TrainingSite>> sitesReaching)
{
    /// <summary>Follows each loss of a site back to the networks it is applied to.</summary>
    public IReadOnlyList<LossUse> Of(TrainingSite site)
    {
        if (site.Uses.Count > 0) return site.Uses;
        foreach (var loss in site.Losses) site.Uses.Add(Link(loss, site, null));
        var backward = site.Of(EventKind.Backward).Select(e => (Step)e.Subject).Distinct().ToList();
        foreach (var loss in backward.SelectMany(HandwrittenLoss.Behind))
            if (Oriented(loss, site) is { } oriented) site.Uses.Add(Link(oriented, site, null));
        // A Sequential is known by what is done with it, whatever goes backward.
        if (backward.Count > 0)
            foreach (var applied in site.Steps.Where(s => s is { Kind: StepKind.Network, Layer.IsSequential: true })) networkOf(applied);
        return site.Uses;
    }

    /// <summary>A written-out loss with the network's side first; null where not exactly one side comes from a network.</summary>
    private Step? Oriented(Step loss, TrainingSite site)
    {
        bool IsPredicted(Step side)
        {
            var passed = new List<(Step Step, Network Network)>();
            foreach (var source in Behind(side, site, passed)) _ = source;
            return passed.Count > 0;
        }
        var (first, second) = (IsPredicted(loss.Inputs[0]), IsPredicted(loss.Inputs[1]));
        return first == second ? null : first ? loss
            : new Step(loss.Kind, loss.Op, [loss.Inputs[1], loss.Inputs[0]], loss.Operation) { Arguments = loss.Arguments,
            When = loss.When };
    }

    private readonly Dictionary<Network, IReadOnlyList<LossUse>> _ownLosses = [];

    /// <summary>The losses a network computes itself.</summary>
    public IReadOnlyList<LossUse> Of(Network network) =>
        _ownLosses.TryGetValue(network, out var known) ? known
        : _ownLosses[network] = network.OwnLosses.Select(l => Link(l, null, network)).ToList();

    private LossUse Link(Step loss, TrainingSite? site, Network? own)
    {
        var passed = new List<(Step Step, Network Network)>();
        var ends = new List<LossEnd>();
        if (loss.Input is { } prediction) Follow(prediction, loss.Op.Domain, null);
        var use = new LossUse(loss, ends, passed.SelectMany(p => p.Step.Inputs).ToList());
        foreach (var network in passed.Select(p => p.Network).Concat(own is null ? [] : [own]).Distinct()) Meet(network, use);
        return use;

        void Follow(Step from, LossDomain domain, Step? half)
        {
            foreach (var (last, path) in Behind(from, site, passed).ToList())
            {
                ends.Add(new LossEnd(last,
                    passed.FirstOrDefault(p => p.Network.Steps.Contains(last)).Network
                    ?? passed.Select(p => p.Network).FirstOrDefault() ?? own, domain, half, path));
                if (half is null && last.Input is { } logits && Fit.BeforeHalf(last.Op, domain) is { } wanted)
                    Follow(logits, wanted, last);
            }
        }
    }

    /// <summary>The steps that decide a tensor's values, those of the networks too that training code applies on the way.</summary>
    private IEnumerable<Source> Behind(Step step, TrainingSite? site, List<(Step Step, Network Network)>? passed) =>
        Chain.Behind(step, applied =>
    {
        if (site is null || networkOf(applied) is not { } network) return [];
        passed?.Add((applied, network));
        return network.Outputs;
    });

    /// <summary>The steps that decide a tensor of training code.</summary>
    public IEnumerable<Source> Behind(Step step, TrainingSite site) => Behind(step, site, null);

    /// <summary>The same line is read once for each caller; the reading that knows its targets counts.</summary>
    private static void Meet(Network network, LossUse use)
    {
        if (network.Losses.FirstOrDefault(u => u.Loss.Syntax == use.Loss.Syntax && u.Op == use.Op) is { } same)
        {
            if (same.Target?.Range is not null || use.Target?.Range is null) return;
            network.Losses.Remove(same);
        }
        network.Losses.Add(use);
    }

    /// <summary>
    /// Whether a tensor is of use to losses alone, apart from the question which of its values is the largest: then nobody else notices
    /// when an activation before it goes. A network's output is followed to all code that applies it.
    /// </summary>
    /// <param name="orPredicted">What is done with predictions, without gradients and by no other network, counts as nothing: they are
    /// meant to be what the loss compares with the targets.</param>
    public bool IsOnlyForLosses(Step step, Network? network, bool orPredicted = false) =>
        _onlyForLosses.TryGetValue((step, orPredicted), out var known) ? known
        : _onlyForLosses[(step, orPredicted)] = FindOnlyLosses(step, network, orPredicted);

    private readonly Dictionary<(Step, bool), bool> _onlyForLosses = [];

    private bool FindOnlyLosses(Step step, Network? network, bool orPredicted)
    {
        bool IsPrediction(Step step) => orPredicted && step.PredictionOnly && step.Kind != StepKind.Network;

        var (open, seen) = (new Queue<Step>([step]), new HashSet<Step>());
        while (open.Count > 0)
        {
            if (open.Dequeue() is var next && !seen.Add(next)) continue;
            if (next.IsReadOut && !(orPredicted && next.PredictionOnly)) return false;
            foreach (var user in next.Users)
                if (IsPrediction(user) || user.Role is Role.Loss or Role.Softmax || user.IsActivation
                    || user.Op.Name is "argmax" or "argmin" or "argsort" or "topk" or "max" or "min" or "sort") continue;
                else if (user.Kind is StepKind.Choice or StepKind.Part || Chain.IsTransparent(user) || user.Op.Name == "detach")
                open.Enqueue(user);
                else return false;
            if (network?.Outputs.Any(o => o.Step == next) != true) continue;
            foreach (var applied in ApplicationsOf(network)) open.Enqueue(applied);
        }
        return true;
    }

    /// <summary>Whether training code feeds a network parts of its data, of which the last may hold one sample.</summary>
    public bool IsFedParts(Network network) => ApplicationsOf(network).Any(a => a.Input is { } input && Batches.IsCut(input));

    private IEnumerable<Step> ApplicationsOf(Network network) => network.Tree is not { } tree ? []
        : sitesReaching(tree).SelectMany(s => s.Steps).Where(s => s.Kind == StepKind.Network
            && (network.Type is { } type ? SymbolEqualityComparer.Default.Equals(s.Layer?.Type?.OriginalDefinition, type)
            : s.Layer is { IsSequential: true } && networkOf(s) == network));
}
