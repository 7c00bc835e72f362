using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace NnAnalyzers.Companion;

/// <summary>
/// One step, looked at layer by layer: gradients that vanish, explode or never come, units that are dead, outputs
/// that are saturated, and the first layer where a number stops being one.
/// </summary>
/// <remarks>
/// Gradients are those of the weights. Outputs are seen where layers are run by <c>call</c>,
/// as a Sequential runs its elements; TorchSharp runs no hook for <c>forward</c>.
/// </remarks>
internal static class GradientFlow
{
    public static IEnumerable<ProbeResult> Ask(Subject subject)
    {
        if (subject.Parameters.Count == 0)
        {
            yield return Bad("the model has no registered parameters", "at least one", "Call RegisterComponents() at the end of the "
                + "constructor, and keep layers in fields or in a ModuleList, not in a List or an array.",
                cause: ProbeCause.NotRegistered);
            yield break;
        }
        var frozen = subject.Parameters.Where(p => !p.Value.requires_grad).Select(p => p.Name).ToList();
        if (frozen.Count == subject.Parameters.Count)
        {
            yield return Bad("all parameters are frozen (requires_grad is false)", "at least one that learns",
                "Set requires_grad back to true for what is to learn.", cause: ProbeCause.Frozen);
            yield break;
        }
        if (frozen.Count > 0 && subject.Parameters.FirstOrDefault(p => !p.Value.requires_grad && IsAsDrawn(p.Value)) is { Name: { } untrained })
            yield return Odd($"{frozen.Count} of {subject.Parameters.Count} parameters are frozen, and {untrained} is still as it was drawn",
                "what is frozen was trained before", "Load the weights that it should have, or set requires_grad back to true.", untrained,
                cause: ProbeCause.Frozen);
        else if (frozen.Count > 0 && !subject.Parameters[^1].Value.requires_grad)
            yield return Odd($"{frozen.Count} of {subject.Parameters.Count} parameters are frozen, the last among them",
                "the last layer learns", "Set requires_grad of the head back to true.", subject.Parameters[^1].Name, cause: ProbeCause.Frozen);

        if (subject.Parameters.Where(p => !p.Value.isfinite().all().item<bool>()).Select(p => p.Name).FirstOrDefault() is { } broken)
        {
            yield return Bad($"{broken} holds NaN or infinity before training", "finite weights", "Look at its initialization.", broken,
                cause: ProbeCause.NotFiniteWeights);
            yield break;
        }
        var (input, target) = subject.Batch();
        using var watch = new OutputWatch(subject.Model);
        subject.Model.zero_grad();
        var output = subject.Forward(input);
        var loss = subject.LossOf(output, target);
        foreach (var seen in watch.Results()) yield return seen;
        if (!loss.isfinite().item<bool>())
        {
            yield return watch.FirstBroken is { } first ? Bad($"{first} is the first layer to give NaN or infinity", "finite numbers",
                "Look at what goes into it and at its weights.", first, cause: ProbeCause.NotFiniteLoss)
                : output.isfinite().all().item<bool>() ? Bad("the output is finite, the loss is not", "finite numbers",
                    "The loss takes a logarithm of zero or divides by zero: give it logits, or add a small number.",
                    cause: ProbeCause.NotFiniteLoss)
                : Bad("NaN or infinity appears in forward", "finite numbers",
                    "Look for a division, a square root or a logarithm of zero, and for weights or inputs that are too large.",
                    cause: ProbeCause.NotFiniteLoss);
            yield break;
        }
        if (!loss.requires_grad)
        {
            yield return Bad("the loss does not depend on the parameters", "a loss with a gradient",
                "Look for no_grad(), detach(), argmax() or item() between the parameters and the loss.", cause: ProbeCause.Detached);
            yield break;
        }
        loss.backward();

        var layers = new List<(string Name, double Mean, double Dead, bool IsRows)>();
        var silent = new List<string>();
        foreach (var (name, parameter) in subject.Parameters.Where(p => p.Value.requires_grad))
        {
            var gradient = parameter.grad;
            if (gradient is null) { silent.Add(name); continue; }
            if (!gradient.isfinite().all().item<bool>())
            {
                yield return Bad($"the gradient of {name} is NaN or infinite", "finite gradients",
                    "A square root or norm of zero has no finite gradient; add a small number inside.", name,
                    cause: ProbeCause.NotFiniteLoss);
                yield break;
            }
            if (parameter.dim() < 2) continue;
            var mean = gradient.abs().mean().to(ScalarType.Float64).item<double>();
            var rows = gradient.flatten(1).abs().sum(1).eq(0).to(ScalarType.Float64).mean().item<double>();
            layers.Add((name, mean, rows, subject.IsRowwise(name)));
        }
        if (silent.Count > 0)
            yield return (silent.Count == subject.Trainable.Count() ? Bad("no parameter gets a gradient", "a gradient each",
                "Look for detach() or no_grad() in forward.", cause: ProbeCause.Detached) : Bad($"{silent.Count} parameters get no gradient, {silent[0]} first",
                    "a gradient each", "forward does not use this layer, or detaches what it gives.", silent[0],
                        cause: ProbeCause.Unused));
        foreach (var (name, mean, dead, isRows) in layers)
        {
            if (isRows && mean > 0 && dead > Thresholds.DeadShare) yield return Bad($"{dead:p0} of the units of {name} get no gradient",
                $"{Thresholds.DeadShare:p0} (source: SageMaker Debugger, DeadRelu)", "These units are dead: "
                    + "their ReLU never opens on this batch. Lower the rate, look at biases and initialization, or use LeakyReLU.", name,
                    cause: ProbeCause.DeadUnits);
            if (mean < Thresholds.VanishedGradient) yield return Bad($"the mean gradient of {name} is {mean:g3}",
                $"{Thresholds.VanishedGradient:g} (source: SageMaker Debugger, VanishingGradient)",
                "The gradient vanishes before it comes here: use ReLU and variance-scaled initialization, normalization or shortcuts.",
                name, "NN2001", ProbeCause.VanishingGradient);
            if (mean > Thresholds.ExplodingGradient)
                yield return Bad($"the mean gradient of {name} is {mean:g3}", $"{Thresholds.ExplodingGradient:g} (source: ours)",
                    "The gradient explodes: scale inputs, targets and weights, or clip it.", name, "NN2001", ProbeCause.ExplodingGradient);
        }
        if (layers.Count > 2 && layers[^1].Mean > 0 && layers[0].Mean >= Thresholds.VanishedGradient
            && layers.Where(l => l.IsRows).ToList() is { Count: > 2 } chain && chain[0].Mean / chain[^1].Mean is var ratio
            && ratio < Thresholds.VanishingRatio)
            yield return Bad($"the gradient of {chain[0].Name} is {ratio:g3} of that of {chain[^1].Name}",
                $"{Thresholds.VanishingRatio:g} (source: AutoTrainer, made stricter)",
                "The gradient vanishes on its way back: use ReLU and variance-scaled initialization, normalization or shortcuts.",
                chain[0].Name, "NN2001", ProbeCause.VanishingGradient);

        if (Same(subject) is { } same) yield return Odd($"all weights of {same} are the same number", "different weights",
            "Units that start alike stay alike: initialize at random.", same, "NN2001", ProbeCause.IdenticalWeights);
        yield return new("GradientFlow", ProbeVerdict.Passed, $"looked at {layers.Count} weights, {watch.Seen} layers' outputs", "", "");
    }

    /// <summary>
    /// A weight of the size that layers start with: uniform up to 1 / √fan-in, and filled to that bound. Training leaves the bound.
    /// </summary>
    private static bool IsAsDrawn(Tensor weight)
    {
        if (weight.dim() < 2 || weight.numel() < 64) return false;
        var bound = 1 / Math.Sqrt(weight.numel() / (double)weight.shape[0]);
        return weight.abs().max().to(ScalarType.Float64).item<double>() / bound is > 0.95 and <= 1.00001;
    }

    private static string? Same(Subject subject)
    {
        subject.Reset();
        return subject.Parameters.Where(p => p.Value.dim() >= 2 && p.Value.numel() > 1
            && (p.Value.max() - p.Value.min()).to(ScalarType.Float64).item<double>() == 0).Select(p => p.Name).FirstOrDefault();
    }

    private static ProbeResult Bad(string measured, string threshold, string advice, string? place = null, string? rule = null,
        ProbeCause? cause = null) =>
        new("GradientFlow", ProbeVerdict.Failed, measured, threshold, advice) { Place = place, RuleId = rule, Cause = cause };

    private static ProbeResult Odd(string measured, string threshold, string advice, string? place = null, string? rule = null,
        ProbeCause? cause = null) =>
        new("GradientFlow", ProbeVerdict.Suspicious, measured, threshold, advice) { Place = place, RuleId = rule, Cause = cause };
}

/// <summary>Looks at the outputs of layers that are run by <c>call</c>.</summary>
internal sealed class OutputWatch : IDisposable
{
    private readonly List<Action> _unhook = [];
    private readonly List<(string Name, string Kind, double Scale, double Closed, double Edge)> _seen = [];

    public OutputWatch(nn.Module model)
    {
        foreach (var (name, module) in model.named_modules())
            if (module is nn.Module<Tensor, Tensor> layer && !layer.children().Any())
                _unhook.Add(
                    layer.register_forward_hook((_, _, output) => { Look(name, module.GetType().Name, output); return output; }).remove);
    }

    /// <summary>The first layer whose output is not finite.</summary>
    public string? FirstBroken { get; private set; }
    public int Seen => _seen.Count;

    private void Look(string name, string kind, Tensor output)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        if (!output.is_floating_point() || output.numel() < 2) return;
        if (!output.isfinite().all().item<bool>()) { FirstBroken ??= name; return; }
        // A unit is closed when it is so for every sample of the batch.
        var units = output.dim() < 2 ? output.unsqueeze(0) : output;
        var closed = units.le(0).flatten(2 > units.dim() - 1 ? units.dim() - 1 : 2).all(0).to(ScalarType.Float64).mean().item<double>();
        var edge = kind switch
        {
            "Sigmoid" => (output.lt(0.02) | output.gt(0.98)).to(ScalarType.Float64).mean().item<double>(),
            "Tanh" => output.abs().gt(0.98).to(ScalarType.Float64).mean().item<double>(),
            _ => 0,
        };
        _seen.Add((name, kind, Subject.Spread(output), closed, edge));
    }

    public IEnumerable<ProbeResult> Results()
    {
        foreach (var (name, kind, scale, closed, edge) in _seen)
        {
            if (kind is "ReLU" or "ReLU6" && closed > Thresholds.DeadShare)
                yield return new("GradientFlow", ProbeVerdict.Failed, $"{closed:p0} of the units of {name} are zero for every sample",
                    $"{Thresholds.DeadShare:p0} (source: SageMaker Debugger, DeadRelu)",
                    "These units are dead: lower the rate, look at biases and initialization, or use LeakyReLU.")
                    { Place = name, Cause = ProbeCause.DeadUnits };
            if (edge > Thresholds.SaturatedShare)
                yield return new("GradientFlow", ProbeVerdict.Failed, $"{edge:p0} of the outputs of {name} are at the bounds of {kind}",
                    $"{Thresholds.SaturatedShare:p0} (source: SageMaker Debugger, SaturatedActivation; the share is ours)",
                    "A saturated unit has no gradient: make its input smaller, by the initialization or by normalizing.")
                    { Place = name, RuleId = "NN2001", Cause = ProbeCause.Saturated };
        }
        // One mistake makes every later layer large: the first one tells.
        if (_seen.FirstOrDefault(s => s.Scale > Thresholds.LargeScale) is { Name: not null } large)
            yield return new("GradientFlow", ProbeVerdict.Suspicious, $"the outputs of {large.Name} have a deviation of {large.Scale:g3}",
                $"{Thresholds.LargeScale:g} (source: the article keeps it near 1)", "Its weights or its inputs are too large.")
                { Place = large.Name, RuleId = "NN2001", Cause = ProbeCause.Initialization };
        if (_seen.FirstOrDefault(s => s.Scale < Thresholds.SmallScale && s.Kind is not ("ReLU" or "ReLU6")) is { Name: not null } small)
            yield return new("GradientFlow", ProbeVerdict.Suspicious, $"the outputs of {small.Name} have a deviation of {small.Scale:g3}",
                $"{Thresholds.SmallScale:g} (source: the article keeps it near 1)",
                "Its weights or its inputs are too small, or the units before it are dead.") { Place = small.Name, RuleId = "NN2001", Cause = ProbeCause.Initialization };
    }

    public void Dispose()
    {
        foreach (var unhook in _unhook) unhook();
    }
}
