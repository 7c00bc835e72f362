using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace NnAnalyzers.Companion;

/// <summary>The model before any training: what it is made of, what of it may learn, and how its weights were drawn.</summary>
internal static class WeightCheck
{
    /// <summary>How deep objects are looked into for layers that the model does not know as its own.</summary>
    private const int MaxDepth = 4;

    public static IEnumerable<ProbeResult> Ask(Subject subject)
    {
        var parameters = subject.Parameters;
        if (parameters.Count == 0)
        {
            yield return Bad("the model has no registered parameters", "at least one", "Call RegisterComponents() at the end of the "
                + "constructor, and keep layers in fields or in a ModuleList, not in a List or an array.", ProbeCause.NotRegistered);
            yield break;
        }
        if (parameters.FirstOrDefault(p => !p.Value.isfinite().all().item<bool>()) is { Name: { } broken })
        {
            yield return Bad($"{broken} holds NaN or infinity before training", "finite weights", "Look at its initialization.",
                ProbeCause.NotFiniteWeights, broken);
            yield break;
        }
        var results = Frozen(subject).Concat(Identical(subject)).Concat(Scale(subject)).Concat(Shut(subject)).Concat(Dropped(subject))
            .Concat(Unregistered(subject)).ToList();
        foreach (var result in results) yield return result;
        if (results.Count == 0)
            yield return new("WeightCheck", ProbeVerdict.Passed, $"{parameters.Count} parameters, drawn as their layers' sizes ask",
                "", "");
    }

    private static IEnumerable<ProbeResult> Frozen(Subject subject)
    {
        var all = subject.Parameters;
        var frozen = all.Where(p => !p.Value.requires_grad).ToList();
        if (frozen.Count == 0) yield break;
        if (frozen.Count == all.Count)
            yield return Bad("all parameters are frozen (requires_grad is false)", "at least one that learns",
                "Set requires_grad back to true for what is to learn.", ProbeCause.Frozen);
        else if (frozen.FirstOrDefault(p => IsAsDrawn(subject.OwnerOf(p.Name), p.Value)) is { Name: { } untrained })
            yield return Bad($"{frozen.Count} of {all.Count} parameters are frozen, and {untrained} is still as it was drawn",
                "what is frozen was trained before", "Load the weights that it should have, or set requires_grad back to true.",
                ProbeCause.Frozen, untrained);
        else if (!all[^1].Value.requires_grad)
            yield return Bad($"{frozen.Count} of {all.Count} parameters are frozen, the last among them", "the last layer learns",
                "Set requires_grad of the head back to true.", ProbeCause.Frozen, all[^1].Name, verdict: ProbeVerdict.Suspicious);
    }

    /// <summary>
    /// A weight as layers start: uniform up to 1 / √fan-in and filled to that bound, which training leaves. (An embedding starts with
    /// normal numbers and stays near them.)
    /// </summary>
    private static bool IsAsDrawn(nn.Module? owner, Tensor weight)
    {
        if (owner is Embedding || weight.dim() < 2 || weight.numel() < 64) return false;
        return weight.abs().max().to(ScalarType.Float64).item<double>() * Math.Sqrt(FanIn(weight)) is > 0.95 and <= 1.00001;
    }

    /// <summary>Root mean square times √fan-in of a weight that is uniform up to 1 / √fan-in.</summary>
    private static readonly double AsDrawn = 1 / Math.Sqrt(3);

    private static double FanIn(Tensor weight) => weight.numel() / (double)weight.shape[0];

    /// <summary>Units whose weights are the same; zeros are no mistake where a gradient moves them apart.</summary>
    private static IEnumerable<ProbeResult> Identical(Subject subject)
    {
        // A table of single numbers, of biases, may start with one for all; that of words may have an entry for padding.
        if (subject.Parameters.FirstOrDefault(p => subject.OwnerOf(p.Name) is Embedding && p.Value.shape is [> 3, > 1]
            && p.Value.ne(0).any().item<bool>() && p.Value[1..].eq(p.Value.narrow(0, 1, 1)).all().item<bool>()) is { Name: { } table })
            yield return Bad($"all entries of {table} are the same", "an entry of its own for each", "Look at how the table is filled.",
                ProbeCause.IdenticalWeights, table);
        // A filter that is meant to be even is not to learn.
        var layers = Layers(subject).Where(l => l.Weight.requires_grad).ToList();
        var same = layers.Where(l => l.Weight.shape[0] > 1 && l.Weight.numel() > 2
            && l.Weight.eq(l.Weight.narrow(0, 0, 1)).all().item<bool>()).ToList();
        var alike = same.FirstOrDefault(l => l.Weight.ne(0).any().item<bool>());
        if (alike.Weight is null && (layers.Count < 2 || layers.Any(l => l.Weight.ne(0).any().item<bool>()))) yield break;
        var name = (alike.Weight is null ? layers[0] : alike).Name;
        yield return Bad($"all units of {name} have the same weights", "different weights",
            "Units that start alike stay alike: initialize at random.", ProbeCause.IdenticalWeights, name, "NN2001");
    }

    /// <summary>The size of the weights against their fan-in: about 0.6 as layers start, 1.4 by Kaiming.</summary>
    private static IEnumerable<ProbeResult> Scale(Subject subject)
    {
        var sizes = Layers(subject).Select(l => (l.Name, Size: Subject.Rms(l.Weight) * Math.Sqrt(FanIn(l.Weight))))
            .Where(l => l.Size > 0).ToList();
        var large = sizes.FirstOrDefault(s => s.Size > Thresholds.LargeWeights);
        // A small head is meant, and one layer alone may start anywhere; a small network is not.
        var small = sizes.Count > 1 && sizes.Count(s => s.Size < Thresholds.SmallWeights) * 2 > sizes.Count
            ? sizes.First(s => s.Size < Thresholds.SmallWeights) : default;
        if (large.Name is null && Layers(subject).FirstOrDefault(l => IsPositive(l.Weight)) is { Name: { } signed })
            yield return Bad($"all weights of {signed} are above zero", "as many below zero as above", "What they add up grows with the "
                + "fan-in: draw them around zero (kaiming_normal_).", ProbeCause.Initialization, signed, "NN2001");
        if ((large.Name is not null ? large : small) is not { Name: { } name, Size: var size }) yield break;
        var isHidden = subject.Model.modules().Any(IsNorm);
        yield return Bad($"the weights of {name} are {size:g3} times as large as their fan-in asks", $"{Thresholds.SmallWeights:g} to "
            + $"{Thresholds.LargeWeights:g} (source: ours; 0.6 is the default, 1.4 Kaiming's)", "Scale weights to their fan-in "
            + "(kaiming_normal_)" + (isHidden ? ", then see whether the normalization is still needed." : "."),
            isHidden ? ProbeCause.NormalizationHidesInit : ProbeCause.Initialization, name, isHidden ? "NN1010" : "NN2001");
    }

    private static bool IsPositive(Tensor weight) => weight.requires_grad && weight.numel() >= 64
        && weight.gt(0).all().item<bool>();

    /// <summary>Biases that close what they stand before.</summary>
    private static IEnumerable<ProbeResult> Shut(Subject subject)
    {
        foreach (var (name, value) in subject.Parameters)
            if (value.dim() == 1 && name.Contains("bias", StringComparison.Ordinal) && !IsLast(subject, name)
                && !IsNorm(subject.OwnerOf(name)) && value.numel() > 1
                && Subject.Rms(value) is > Thresholds.LargeBias and var size)
            {
                yield return Bad($"{name} is about {size:g3}", $"{Thresholds.LargeBias} (source: ours; layers start with biases below 1)",
                    "What it is added to hardly counts: gates stay shut, units stay at their bounds. Start with small biases.",
                    ProbeCause.Saturated, name, verdict: ProbeVerdict.Suspicious);
                yield break;
            }
    }

    public static bool IsNorm(nn.Module? module) => module is NormBase or LayerNorm or GroupNorm;

    private static bool IsLast(Subject subject, string name) => subject.Parameters[^1].Name == name;

    private static IEnumerable<ProbeResult> Dropped(Subject subject)
    {
        foreach (var (name, module) in subject.Model.named_modules())
            if (module.GetType().GetProperty("p")?.GetValue(module) is double p
                && Subject.IsDropout(module) && p > Thresholds.LargeDropout)
                yield return Bad($"{name} drops {p:p0} of what it gets", $"{Thresholds.LargeDropout:p0} (source: ours; half is much)",
                    "Hardly anything comes through: drop less.", ProbeCause.Dropout, name, verdict: ProbeVerdict.Suspicious);
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var input = subject.Batch().Input;
        var wholly = DropsSamples(subject, input);
        if (wholly.Share > Thresholds.DroppedSamples)
            yield return Bad($"{wholly.Name} drops {wholly.Share:p0} of the samples whole",
                $"{Thresholds.DroppedSamples:p0} (source: ours)", "Nothing is left of them to learn from: a dropout of channels wants many "
                + "channels.",
                ProbeCause.Dropout, wholly.Name);
        var (first, second) = (subject.Forward(input), subject.Forward(input));
        if (!first.is_floating_point() || !first.shape.SequenceEqual(second.shape)) yield break;
        var differ = first.eq(0).ne(second.eq(0)).to(float64).mean().item<double>();
        subject.StopDropout();
        // A ReLU gives zeros without any dropout.
        var zero = subject.Forward(input).eq(0).to(float64).mean().item<double>();
        if (differ > Thresholds.DroppedOutputs && differ > 2 * zero)
            yield return Bad($"{differ:p0} of the outputs are zero in one call and not in the next",
                $"{Thresholds.DroppedOutputs:p0} (source: ours)",
                "A dropout is the last thing before the output: no loss gets below what it takes away.", ProbeCause.Dropout,
                subject.Model.named_modules().LastOrDefault(m => Subject.IsDropout(m.Item2)).Item1);
    }

    /// <summary>The dropout that leaves nothing of the most samples.</summary>
    private static (string? Name, double Share) DropsSamples(Subject subject, Tensor input)
    {
        var most = ((string?)null, Share: 0.0);
        var hooks = new List<Action>();
        foreach (var (name, module) in subject.Model.named_modules())
            if (module is nn.Module<Tensor, Tensor> dropout && Subject.IsDropout(module))
                hooks.Add(dropout.register_forward_hook((_, given, left) =>
                {
                    using var scope = NewDisposeScope();
                    if (left.dim() > 1 && left.is_floating_point()
                        && left.flatten(1).eq(0).all(1).logical_and(given.flatten(1).ne(0).any(1)).to(float64).mean().item<double>()
                            is var share && share > most.Share) most = (name, share);
                    return left;
                }).remove);
        subject.Forward(input);
        foreach (var remove in hooks) remove();
        return most;
    }

    /// <summary>Layers that get a gradient and are not the model's: no optimizer knows them.</summary>
    private static IEnumerable<ProbeResult> Unregistered(Subject subject)
    {
        var own = subject.Parameters.Select(p => p.Value.Handle).ToHashSet();
        var strangers = Reachable(subject.Model)
            .SelectMany(m => m.Found is nn.Module module ? module.parameters().Select(p => (m.Name, Parameter: (Tensor)p))
                : [(m.Name, Parameter: (Tensor)m.Found)])
            .Where(p => !own.Contains(p.Parameter.Handle) && p.Parameter is { IsInvalid: false, requires_grad: true, is_leaf: true })
            .ToList();
        if (strangers.Count == 0) yield break;
        using var scope = NewDisposeScope();
        var (input, target) = subject.Batch();
        foreach (var (_, parameter) in strangers) parameter.grad = null;
        var loss = subject.LossOf(subject.Forward(input), target);
        if (loss.requires_grad) loss.backward();
        var used = strangers.FirstOrDefault(s => s.Parameter.grad is not null).Name;
        foreach (var (_, parameter) in strangers) parameter.grad = null;
        if (used is not null)
            yield return Bad($"{used} takes part, but is not registered: no optimizer trains it", "all layers registered",
                "Keep layers in fields or in a ModuleList, not in a List or an array, make a Parameter of what learns, and call "
                + "RegisterComponents() when all are set.", ProbeCause.NotRegistered, used);
    }

    /// <summary>Modules and tensors in the fields of the model and its parts, in lists, arrays and what lambdas have captured.</summary>
    private static IEnumerable<(string Name, object Found)> Reachable(nn.Module model)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var open = new Queue<(object Value, string Name, int Depth)>(model.modules().Append(model).Select(m => ((object)m, "", 0)));
        while (open.TryDequeue(out var next))
        {
            var (value, name, depth) = next;
            if (!seen.Add(value) || depth > MaxDepth) continue;
            if (value is nn.Module or Tensor && name.Length > 0) yield return (name, value);
            if (value is nn.Module or Delegate || value.GetType().IsDefined(typeof(CompilerGeneratedAttribute)))
            {
                if (value is Delegate { Target: { } captured }) open.Enqueue((captured, name, depth + 1));
                for (var type = value.GetType(); type is not null && type.Assembly != typeof(torch).Assembly; type = type.BaseType)
                    foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic
                        | BindingFlags.DeclaredOnly))
                        if (!field.FieldType.IsPrimitive && field.GetValue(value) is { } held and not string)
                            open.Enqueue((held, field.Name.Trim('<', '>'), depth + 1));
            }
            else if (value is IDictionary map)
            {
                foreach (var held in map.Values) if (held is not null) open.Enqueue((held, name, depth + 1));
            }
            else if (value is IEnumerable list and not Tensor and (Array or IList))
                foreach (var held in list) if (held is not (null or ValueType or string)) open.Enqueue((held, name, depth + 1));
        }
    }

    private static IEnumerable<(string Name, Tensor Weight)> Layers(Subject subject) => subject.Parameters
        .Where(p => p.Value.dim() >= 2 && subject.IsRowwise(p.Name))
        .Select(p => (p.Name, (Tensor)p.Value));

    /// <summary>Whether the weights are as large as their fan-in asks, so that something else is at fault.</summary>
    public static bool Fits(Subject subject) => !Scale(subject).Any()
        // What is a little small in each of many layers is very small in all.
        && Layers(subject).Select(l => Subject.Rms(l.Weight) * Math.Sqrt(FanIn(l.Weight)) / AsDrawn).Where(s => s > 0)
            .Aggregate(1.0, (all, size) => all * Math.Min(1, size)) > Thresholds.SmallChain
        // Of the user's own matrices the fan-in is one of two numbers.
        && !subject.Parameters.Any(p => p.Value.dim() == 2 && !subject.IsRowwise(p.Name) && subject.OwnerOf(p.Name) is not Embedding
            && Subject.Rms(p.Value) * Math.Sqrt(p.Value.shape.Min()) > Thresholds.LargeWeights);

    private static ProbeResult Bad(string measured, string threshold, string advice, ProbeCause cause, string? place = null,
        string? rule = null, ProbeVerdict verdict = ProbeVerdict.Failed) =>
        new("WeightCheck", verdict, measured, threshold, advice) { Place = place, RuleId = rule, Cause = cause };
}
