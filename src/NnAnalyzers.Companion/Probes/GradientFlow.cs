using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace NnAnalyzers.Companion;

/// <summary>
/// One step, looked at layer by layer: gradients that vanish, explode or never come, units that are dead, outputs
/// that are saturated or all alike, and the first layer where a number stops being one.
/// </summary>
/// <remarks>
/// Gradients are those of the weights. Outputs are seen where layers are run by <c>call</c>,
/// as a Sequential runs its elements; TorchSharp runs no hook for <c>forward</c>.
/// </remarks>
internal static class GradientFlow
{
    /// <summary>A weight with its gradient.</summary>
    /// <param name="Name">Of the weight.</param>
    /// <param name="Mean">Of its absolute values.</param>
    /// <param name="Dead">Share of its rows without any.</param>
    /// <param name="IsRows">Its rows are units of their own.</param>
    private sealed record Flow(string Name, double Mean, double Dead, bool IsRows);

    public static IEnumerable<ProbeResult> Ask(Subject subject)
    {
        if (!subject.Trainable.Any()) yield break; // WeightCheck speaks
        var (input, target) = subject.Batch();
        // A head that starts with zeros gives the same for all, and learns.
        var isAlike = StaysAlike(subject);
        using var watch = new OutputWatch(subject);
        subject.Model.zero_grad();
        var output = subject.Forward(input);
        var loss = subject.LossOf(output, target);
        var inside = watch.Result(isAlike);
        if (inside is not null) yield return inside;
        if (!loss.isfinite().item<bool>())
        {
            yield return watch.FirstBroken is { } first ? Bad($"{first} is the first layer to give NaN or infinity", "finite numbers",
                "Look at what goes into it and at its weights.", ProbeCause.NotFiniteLoss, first)
                : output.isfinite().all().item<bool>() ? Bad("the output is finite, the loss is not", "finite numbers",
                    "The loss takes a logarithm of zero or divides by zero: give it logits, or add a small number.",
                    ProbeCause.NotFiniteLoss)
                : Bad("NaN or infinity appears in forward", "finite numbers",
                    "Look for a division, a square root or a logarithm of zero, and for weights or inputs that are too large.",
                    ProbeCause.NotFiniteLoss);
            yield break;
        }
        if (!loss.requires_grad)
        {
            yield return Bad("the loss does not depend on the parameters", "a loss with a gradient",
                "Look for no_grad(), detach(), argmax() or item() between the parameters and the loss.", ProbeCause.Detached);
            yield break;
        }
        loss.backward();

        var trainable = subject.Parameters.Where(p => p.Value.requires_grad).ToList();
        if (trainable.FirstOrDefault(p => p.Value.grad is { } g && !g.isfinite().all().item<bool>()) is { Name: { } broken })
        {
            yield return Bad($"the gradient of {broken} is NaN or infinite", "finite gradients",
                "A square root or norm of zero has no finite gradient; add a small number inside.", ProbeCause.NotFiniteLoss, broken);
            yield break;
        }
        if (loss.abs().to(ScalarType.Float64).item<double>() > 1e-6
            && trainable.All(p => p.Value.grad is not { } g || g.abs().max().to(ScalarType.Float64).item<double>() == 0))
        {
            yield return trainable.Where(p => p.Value.dim() > 1).ToList() is { Count: > 0 } weights
                && weights.All(p => p.Value.eq(0).all().item<bool>())
                ? Bad("all weights that learn are 0, and every gradient is", "different weights", "A product of two zeros moves neither of "
                    + "them: draw one at random.", ProbeCause.IdenticalWeights, weights[0].Name, "NN2001")
                : Bad("every gradient is exactly 0", "gradients",
                "A step on the way to the loss has none: look for round(), sign(), argmax() or a comparison.", ProbeCause.Detached);
            yield break;
        }
        // A discriminator's step leaves the generator alone.
        var own = trainable.Where(p => subject.Options.HeldElsewhere?.Contains(p.Value.Handle) != true).ToList();
        var (silent, seen) = (own.Where(p => p.Value.grad is null).Select(p => p.Name).ToList(), watch.Seen);
        var layers = LayersOf(subject, trainable);
        if (layers.Any(l => l.Mean == 0))
        {
            // Before a layer that starts with zeros there is no gradient until it has moved.
            subject.Train(input, target, 3);
            subject.Model.zero_grad();
            loss = subject.LossOf(subject.Forward(input), target);
            loss.backward();
            layers = LayersOf(subject, trainable);
        }
        var found = Silent(subject, own, silent).Concat(Flows(subject, layers,
            isCut: inside?.Cause != ProbeCause.DeadUnits && Math.Abs(loss.to(ScalarType.Float64).item<double>()) > 1e-6)).ToList();
        if (inside is null && found.Count == 0)
        {
            if (isAlike && !OutputWatch.AreAlike(subject.Input))
                found.Add(Bad("the outputs of all samples are the same, and stay so", "outputs that differ", "What tells samples apart is "
                    + "lost on the way: look at masks, lookups and what the inputs hold.", ProbeCause.InputIgnored));
            else if (Squashed(subject, layers) is { } squashed) found.Add(squashed);
        }
        foreach (var result in found) yield return result;
        yield return new("GradientFlow", ProbeVerdict.Passed, $"looked at {layers.Count} weights, {seen} layers' outputs", "", "");
    }

    /// <summary>
    /// A layer whose gradient grows when its weights are a hundredth: what follows it stands at its bounds. (Of an activation that is
    /// called as a function no output is seen; where a norm follows, smaller weights have larger gradients by right.)
    /// </summary>
    private static ProbeResult? Squashed(Subject subject, IReadOnlyList<Flow> layers)
    {
        const int Most = 16;
        if (subject.Model.modules().Any(WeightCheck.IsNorm)) return null;
        var chain = layers.Where(l => l is { IsRows: true, Mean: > 0 }).ToList();
        foreach (var (layer, i) in chain.Select((l, i) => (l, i)).Take(Most))
        {
            // Every activation behind it has a little more slope, too.
            var bound = Thresholds.Squashed * Math.Pow(Thresholds.SquashedByEach, chain.Count - 1 - i);
            using var scope = NewDisposeScope();
            var input = subject.Batch().Input;
            Tensor? asked = null;
            double Gradient(double factor)
            {
                subject.Reset();
                subject.StopDropout();
                var (weight, bias) = (subject.Parameters.First(p => p.Name == layer.Name).Value,
                    layer.Name[..(layer.Name.LastIndexOf('.') + 1)] + "bias");
                using (no_grad())
                    foreach (var (name, value) in subject.Parameters)
                        if (name == layer.Name || name == bias) value.mul_(factor);
                // Of the outputs, not of the loss, which changes with them.
                var output = subject.Forward(input);
                if (output.requires_grad) (output * (asked ??= randn_like(output))).sum().backward();
                return weight.grad is { } gradient ? Subject.Rms(gradient) : 0;
            }
            // What a hundredth and a ten-thousandth gain alike is a bound left; what goes on growing is a norm by hand.
            var (own, small, smaller) = (Gradient(1), Gradient(0.01), Gradient(0.0001));
            if (own > 0 && small > bound * own && smaller < 10 * small)
            {
                subject.Reset();
                return Bad($"the gradient of {layer.Name} grows by {small / own:g3} when its weights are a hundredth",
                    $"{bound:g} (source: ours)", "What follows it stands at its bounds, where it has no slope: make its "
                    + "input smaller.", ProbeCause.Saturated, layer.Name);
            }
        }
        subject.Reset();
        return null;
    }

    private static List<Flow> LayersOf(Subject subject, IEnumerable<(string Name, Parameter Value)> trainable)
    {
        Flow Of(string name, Tensor gradient)
        {
            using var scope = NewDisposeScope();
            var rows = gradient.flatten(1).abs().to(ScalarType.Float32).mean([1L]).to(ScalarType.Float64);
            var isRows = subject.IsRowwise(name);
            var dead = rows.eq(0).to(ScalarType.Float64).mean().item<double>();
            // A batch reads a few rows of a table.
            return new(name, rows.mean().item<double>() / (isRows || dead == 1 ? 1 : 1 - dead), dead, isRows);
        }
        return trainable.Where(p => p.Value.dim() >= 2 && p.Value.grad is not null).Select(p => Of(p.Name, p.Value.grad!)).ToList();
    }

    /// <summary>Whether the outputs do not differ between samples, also after some steps.</summary>
    private static bool StaysAlike(Subject subject)
    {
        using var scope = NewDisposeScope();
        bool AreAlike()
        {
            using var guard = no_grad();
            return OutputWatch.AreAlike(subject.Forward(subject.Input));
        }
        if (!subject.HasSamples || !AreAlike()) return false;
        subject.Train(subject.Input, subject.Target, 10);
        var stays = AreAlike();
        subject.Reset();
        return stays;
    }

    /// <summary>Parameters without a gradient: all before a cut, or those of a layer that is not used.</summary>
    private static IEnumerable<ProbeResult> Silent(Subject subject, IReadOnlyList<(string Name, Parameter Value)> trainable,
        IReadOnlyList<string> silent)
    {
        if (silent.Count == 0) yield break;
        if (silent.Count == trainable.Count) yield return Bad("no parameter gets a gradient", "a gradient each",
            "Look for detach() or no_grad() in forward.", ProbeCause.Detached);
        // What takes part is cut off from what comes last.
        else if (subject.Moves(silent))
            yield return Bad($"{silent.Count} of {trainable.Count} parameters get no gradient, up to {silent[^1]}, though the outputs "
                + "depend on them", "a gradient each",
                "Something between them and the rest cuts the way back: detach(), no_grad(), or numbers made of a tensor.",
                ProbeCause.Detached, silent[^1]);
        else yield return Bad($"{silent.Count} parameters get no gradient, {silent[0]} first", "a gradient each",
            "forward does not use this layer.", ProbeCause.Unused, silent[0]);
    }

    /// <summary>The first layer of each kind of trouble: what comes behind it follows.</summary>
    private static IEnumerable<ProbeResult> Flows(Subject subject, IReadOnlyList<Flow> layers, bool isCut)
    {
        // Every sample reads some outputs of the last layer, and a batch of a few may leave some out.
        var last = layers.Count > 0 && layers[^1] is { IsRows: true, Mean: > 0, Dead: >= Thresholds.UnreadOutputs } unread
            && subject.BatchSize >= Thresholds.FewSamples ? unread : null;
        if ((layers.FirstOrDefault(l => l is { IsRows: true, Mean: > 0, Dead: > Thresholds.DeadShare }) ?? last) is { } dead)
            yield return dead == layers[^1]
                ? Bad($"{dead.Dead:p0} of the outputs of {dead.Name} get no gradient", $"{Thresholds.DeadShare:p0} (source: ours)",
                    "The loss does not read these outputs.", ProbeCause.Unused, dead.Name)
                : Bad($"{dead.Dead:p0} of the units of {dead.Name} get no gradient",
                    $"{Thresholds.DeadShare:p0} (source: ours: of units that are alive half may be closed for a batch of like samples)",
                    "These units are dead: their ReLU never opens on this batch. "
                    + "Lower the rate, look at biases and initialization, or use LeakyReLU.", ProbeCause.DeadUnits, dead.Name);
        var isScaled = WeightCheck.Fits(subject);
        var vanished = layers.FirstOrDefault(l => l.Mean < Thresholds.VanishedGradient);
        if (isCut && vanished is { Mean: 0, IsRows: true } && subject.Moves([vanished.Name]))
            yield return Bad($"the gradient of {vanished.Name} is exactly 0, though the outputs depend on it", "a gradient",
                "A step on the way to the loss has none: look for round(), sign(), argmax() or a comparison.", ProbeCause.Detached,
                vanished.Name);
        else if (vanished is not null) yield return Bad($"the mean gradient of {vanished.Name} is {vanished.Mean:g3}",
            $"{Thresholds.VanishedGradient:g} (source: SageMaker Debugger, VanishingGradient)",
            "The gradient vanishes before it comes here: use ReLU and variance-scaled initialization, normalization or shortcuts.",
            isScaled ? ProbeCause.VanishingGradient : ProbeCause.Initialization, vanished.Name, "NN2001");
        else if (layers.Where(l => l.IsRows).ToList() is { Count: > 2 } chain && chain[^1].Mean > 0
            && chain[0].Mean / chain[^1].Mean is var ratio && ratio < Thresholds.VanishingRatio)
            yield return Bad($"the gradient of {chain[0].Name} is {ratio:g3} of that of {chain[^1].Name}",
                $"{Thresholds.VanishingRatio:g} (source: AutoTrainer, made stricter)",
                "The gradient vanishes on its way back: use ReLU and variance-scaled initialization, normalization or shortcuts.",
                isScaled ? ProbeCause.VanishingGradient : ProbeCause.Initialization, chain[0].Name, "NN2001");
        if (layers.FirstOrDefault(l => l.Mean > Thresholds.ExplodingGradient) is { } exploded)
            yield return Bad($"the mean gradient of {exploded.Name} is {exploded.Mean:g3}",
                $"{Thresholds.ExplodingGradient:g} (source: ours)", "The gradient explodes: scale inputs, targets and weights, or clip it.",
                isScaled ? ProbeCause.ExplodingGradient : ProbeCause.Initialization, exploded.Name, "NN2001");
    }

    private static ProbeResult Bad(string measured, string threshold, string advice, ProbeCause cause, string? place = null,
        string? rule = null) =>
        new("GradientFlow", ProbeVerdict.Failed, measured, threshold, advice) { Place = place, RuleId = rule, Cause = cause };
}
