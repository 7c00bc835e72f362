using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace NnAnalyzers.Companion;

/// <summary>The optimizer at hand: does it hold what should learn, and do its rate and its decay let anything be learned.</summary>
internal static class OptimizerCheck
{
    public static IEnumerable<ProbeResult> Ask(Subject subject)
    {
        var trainable = subject.Parameters.Where(p => p.Value.requires_grad).ToList();
        if (trainable.Count == 0) yield break;
        using var optimizer = subject.Optimizer();
        var held = optimizer.parameters().Select(p => p.Handle).ToHashSet();
        var lacking = trainable.Where(p => !held.Contains(p.Value.Handle)
            && subject.Options.HeldElsewhere?.Contains(p.Value.Handle) != true).Select(p => p.Name).ToList();
        if (lacking.Count == trainable.Count)
        {
            yield return Bad(ProbeVerdict.Failed, "the optimizer holds none of the model's parameters", "all that learn",
                "Make the optimizer after the model was made and moved, from model.parameters().", ProbeCause.OptimizerLacksParameters,
                null, "NN5003");
            yield break;
        }
        // To train nothing but the head is usual; to leave it out is not.
        if (lacking.Count > 0 && !IsHead(trainable, lacking))
            yield return Bad(ProbeVerdict.Failed,
                $"the optimizer lacks {lacking.Count} of {trainable.Count} parameters, {lacking[0]} first",
                "all that learn", "Give it the parameters of the whole model.", ProbeCause.OptimizerLacksParameters, lacking[0], null);
        if (subject.Rate == 0)
        {
            yield return Bad(ProbeVerdict.Failed, "the learning rate is 0", "above 0", "Give the optimizer a rate.", ProbeCause.RateTooLow,
                null, null);
            yield break;
        }

        var weights = trainable.Where(p => p.Value.dim() >= 2 && held.Contains(p.Value.Handle)).ToList();
        var before = weights.Select(p => p.Value.detach().clone()).ToList();
        var (input, target) = subject.Batch();
        optimizer.zero_grad();
        var loss = subject.LossOf(subject.Forward(input), target);
        if (!loss.requires_grad || !loss.isfinite().item<bool>()) yield break;
        loss.backward();
        var pulls = new List<double>();
        var decay = DecayOf(optimizer);
        var isDecoupled = optimizer is AdamW;
        for (var i = 0; i < weights.Count; i++)
            if (decay > 0 && weights[i].Value.grad is { } gradient && Size(gradient) > 0)
                // AdamW takes the decay beside a step of about the rate, the others beside the gradient.
                pulls.Add(decay * Size(before[i]) / Math.Max(1e-12, isDecoupled ? Math.Sqrt(gradient.numel()) : Size(gradient)));
        optimizer.step();
        using (no_grad())
            if (pulls.Count == 0 && weights.Select((w, i) => w.Value.grad is { } slope
                ? ((w.Value - before[i]) * slope).sum().to(ScalarType.Float64).item<double>() : 0).Sum() > 0)
                yield return Bad(ProbeVerdict.Failed, "a step goes up the gradient", "down", "The optimizer makes the loss larger: look "
                    + "for maximize: true, or a rate below 0.", ProbeCause.WrongLoss, null, null);
        var shares = new List<(string Name, double Share)>();
        for (var i = 0; i < weights.Count; i++)
            // Before a layer that starts with zeros nothing moves at first; tables of words start small.
            if (subject.OwnerOf(weights[i].Name) is not (Embedding or EmbeddingBag) && Size(before[i]) is > 0 and var size
                && weights[i].Value.grad is { } gradient && Size(gradient) > 0)
                shares.Add((weights[i].Name, Size(weights[i].Value - before[i]) / size));
        if (pulls.Count > 0 && Median(pulls) is var pull && pull > Thresholds.StrongDecay)
            yield return Bad(ProbeVerdict.Failed, $"a weight decay of {decay:g3} pulls {pull:g3} times as hard as the loss",
                $"{Thresholds.StrongDecay} times (source: ours)", "Take a smaller decay, or none with Adam.", ProbeCause.Decay, null,
                "NN4002");
        if (shares.Count == 0) yield break;
        var (place, largest) = shares.MaxBy(s => s.Share);
        var middle = Median(shares.Select(s => s.Share));
        if (!double.IsFinite(largest) || middle > Thresholds.LargeUpdate)
            yield return Bad(ProbeVerdict.Suspicious, $"one step at {subject.Rate:g3} changes {place} by {largest:g3} of its size, "
                + $"and half of the weights by more than {middle:g3}", $"{Thresholds.LargeUpdate:g} (source: ours; a thousandth is usual)",
                "The learning rate is too high for these weights.", ProbeCause.RateTooHigh, place, "NN4003");
        else if (shares.Max(s => s.Share) < Thresholds.SmallUpdate)
            yield return Bad(ProbeVerdict.Suspicious,
                $"one step at {subject.Rate:g3} changes no weight by more than {largest:g3} of its size",
                $"{Thresholds.SmallUpdate:g} (source: ours; a thousandth is usual)",
                "The learning rate is too low, or the gradient has vanished.", ProbeCause.RateTooLow, null, "NN4003");
        else
            yield return new("OptimizerCheck", ProbeVerdict.Passed, $"{optimizer.GetType().Name} at {subject.Rate:g3} holds {held.Count} "
                + $"parameters; a step changes weights by {shares.Min(s => s.Share):g2} to {largest:g2} of their size", "", "");
    }

    /// <summary>What is lacking comes before all that is held.</summary>
    private static bool IsHead(List<(string Name, Parameter Value)> trainable, List<string> lacking) =>
        trainable.Take(lacking.Count).All(p => lacking.Contains(p.Name));

    private static double DecayOf(optim.Optimizer optimizer) => optimizer.ParamGroups.OfType<ParamGroup>()
        .Select(g => g.Options.GetType().GetField("weight_decay")?.GetValue(g.Options) as double? ?? 0).DefaultIfEmpty(0).Max();

    private static double Size(Tensor values)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        return values.norm().to(ScalarType.Float64).item<double>();
    }

    private static double Median(IEnumerable<double> values) => values.Order().ToList() is var all ? all[all.Count / 2] : 0;

    private static ProbeResult Bad(ProbeVerdict verdict, string measured, string threshold, string advice, ProbeCause cause, string? place,
        string? rule) => new("OptimizerCheck", verdict, measured, threshold, advice) { Cause = cause, Place = place, RuleId = rule };
}
