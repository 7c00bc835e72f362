using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace NnAnalyzers.Companion;

/// <summary>Looks at the outputs of layers that are run by <c>call</c>.</summary>
internal sealed class OutputWatch : IDisposable
{
    /// <summary>What a layer gave.</summary>
    /// <param name="Name">Of the layer.</param>
    /// <param name="Kind">Its class.</param>
    /// <param name="Scale">The deviation of all its outputs.</param>
    /// <param name="Closed">Share of its units that are at or below zero for every sample and place.</param>
    /// <param name="Edge">Share of its outputs at the bounds of a sigmoid or tanh.</param>
    /// <param name="Differ">How far samples have different outputs, over the largest; null where the first axis is not theirs.</param>
    private sealed record Output(string Name, string Kind, double Scale, double Closed, double Edge, double? Differ)
    {
        public bool IsAlike => Differ <= Rounding;
    }

    private const double Rounding = 2e-7, Fading = 1e-3;

    private readonly Subject _subject;
    private readonly List<Action> _unhook = [];
    private readonly List<Output> _seen = [];
    private readonly Lazy<bool> _isScaled;

    public OutputWatch(Subject subject)
    {
        _subject = subject;
        _isScaled = new(() => WeightCheck.Fits(subject));
        foreach (var (name, module) in subject.Model.named_modules())
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
        // Channels of a picture are units, wherever they look; else the last axis holds them.
        var units = output.dim() == 4 ? output.transpose(0, 1).flatten(1)
            : output.dim() > 1 ? output.flatten(0, -2).t() : output.unsqueeze(1);
        var closed = units.shape[1] < Thresholds.FewLooks ? 0 : units.le(0).all(1).to(ScalarType.Float64).mean().item<double>();
        var edge = kind switch
        {
            "Sigmoid" => (output.lt(0.02) | output.gt(0.98)).to(ScalarType.Float64).mean().item<double>(),
            "Tanh" => output.abs().gt(0.98).to(ScalarType.Float64).mean().item<double>(),
            _ => 0,
        };
        double? differ = output.dim() > 1 && output.shape[0] == _subject.BatchSize && _subject.BatchSize > 1 ? Differ(output) : null;
        _seen.Add(new(name, kind, Subject.Spread(output), closed, edge, differ));
    }

    /// <summary>The first layer that gives what it should not: what comes behind it follows from it.</summary>
    /// <param name="isAlike">Whether the model's outputs are the same for every sample, and stay so.</param>
    public ProbeResult? Result(bool isAlike) => _seen.Select(s => Of(s, isAlike)).FirstOrDefault(r => r is not null);

    private ProbeResult? Of(Output layer, bool isAlike)
    {
        if (layer.Kind is "ReLU" or "ReLU6" && layer.Closed > Thresholds.DeadShare)
            return Bad(ProbeVerdict.Failed, layer, $"{layer.Closed:p0} of the units of {layer.Name} are zero for every sample",
                $"{Thresholds.DeadShare:p0} (source: ours: of units that are alive half may be closed for a batch of like samples)",
                "These units are dead: lower the rate, look at biases and initialization, or use LeakyReLU.", ProbeCause.DeadUnits);
        if (layer.Edge > Thresholds.SaturatedShare)
            return Bad(ProbeVerdict.Failed, layer, $"{layer.Edge:p0} of the outputs of {layer.Name} are at the bounds of {layer.Kind}",
                $"{Thresholds.SaturatedShare:p0} (source: SageMaker Debugger, SaturatedActivation; the share is ours)",
                "A saturated unit has no gradient: make its input smaller, by the initialization or by normalizing.",
                _isScaled.Value ? ProbeCause.Saturated : ProbeCause.Initialization, "NN2001");
        if (isAlike && layer.IsAlike && !AreAlike(_subject.Input))
            return Bad(ProbeVerdict.Failed, layer, $"{layer.Name} gives the same for every sample", "outputs that differ",
                "What tells samples apart is lost before or in this layer: look at masks, lookups and what the inputs hold.",
                !_isScaled.Value ? ProbeCause.Initialization
                // Nothing comes through an activation, or what comes fades from layer to layer.
                : layer is { Scale: 0 } && _subject.OwnerOf(layer.Name + ".") is { } module && !module.parameters().Any()
                    && module is not Embedding && !Subject.IsDropout(module) ? ProbeCause.DeadUnits
                : _seen.TakeWhile(s => s != layer).LastOrDefault(s => s.Differ is not null)?.Differ < Fading
                    ? ProbeCause.VanishingGradient : ProbeCause.InputIgnored);
        if (layer.Scale > Thresholds.LargeScale)
            return Bad(ProbeVerdict.Suspicious, layer, $"the outputs of {layer.Name} have a deviation of {layer.Scale:g3}",
                $"{Thresholds.LargeScale:g} (source: the article keeps it near 1)", "Its weights or its inputs are too large.",
                _isScaled.Value ? ProbeCause.ExplodingGradient : ProbeCause.Initialization, "NN2001");
        // What is nothing but zeros starts so on purpose, or is dead.
        return layer.Scale is > 0 and < Thresholds.SmallScale && layer.Kind is not ("ReLU" or "ReLU6") && !layer.IsAlike
            ? Bad(ProbeVerdict.Suspicious, layer, $"the outputs of {layer.Name} have a deviation of {layer.Scale:g3}",
                $"{Thresholds.SmallScale:g} (source: the article keeps it near 1)",
                "Its weights or its inputs are too small, or the units before it are dead.",
                _isScaled.Value ? ProbeCause.VanishingGradient : ProbeCause.Initialization, "NN2001") : null;
    }

    /// <summary>Whether all rows are the same, up to rounding.</summary>
    public static bool AreAlike(Tensor rows)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        return rows.dim() > 0 && rows.shape[0] > 1 && Differ(rows) <= Rounding;
    }

    private static double Differ(Tensor rows) => (rows - rows.narrow(0, 0, 1)).abs().max().to(ScalarType.Float64).item<double>()
        / (rows.abs().max().to(ScalarType.Float64).item<double>() + 1e-300);

    private static ProbeResult Bad(ProbeVerdict verdict, Output layer, string measured, string threshold, string advice, ProbeCause cause,
        string? rule = null) =>
        new("GradientFlow", verdict, measured, threshold, advice) { Place = layer.Name, RuleId = rule, Cause = cause };

    public void Dispose()
    {
        foreach (var unhook in _unhook) unhook();
    }
}
