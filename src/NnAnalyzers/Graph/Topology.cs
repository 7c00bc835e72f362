using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>
/// The spine of a plain feed-forward network: layers and activations one behind the other, from the input to what meets a loss. A network
/// that joins, gates, skips, attends, repeats or looks words up has none.
/// </summary>
internal sealed class Topology
{
    private readonly IReadOnlyList<Step> _steps;

    private Topology(IReadOnlyList<Step> steps) => _steps = steps;

    /// <summary>The spine that ends in what a loss gets; null where the network is no plain chain, or is not known.</summary>
    public static Topology? Of(LossEnd end)
    {
        if (end.Network is null) return null;
        var steps = new List<Step>();
        foreach (var step in Chain.Back(end.Last))
        {
            if (step.Kind == StepKind.Input || step.Inner is not null) continue;
            // Where the network ends, the training code begins.
            if (steps.Count > 0 && step.Body is not { IsOfNetwork: true } && !end.Network.Steps.Contains(step)) break;
            if (step.Kind != StepKind.Operation || step.PredictionOnly || !step.When.Path.IsAlways || step.Users.Count > 1
                || !IsStraight(step)) return null;
            steps.Insert(0, step);
        }
        return steps.Count == 0 ? null : new(steps);
    }

    private static bool IsStraight(Step step) => step.Role is Role.Linear or Role.Convolution or Role.Activation or Role.Softmax
        or Role.Normalization or Role.Pooling or Role.Dropout or Role.Reshape or Role.Permute or Role.Identity or Role.Reduction;

    /// <summary>The layers with weights, in order.</summary>
    public IEnumerable<Step> Layers => _steps.Where(s => s.HasWeights);

    public IEnumerable<Step> Convolutions => _steps.Where(s => s.Role == Role.Convolution);

    /// <summary>Activations between two layers with weights.</summary>
    public IEnumerable<Step> HiddenActivations =>
        _steps.Where(s => s.IsActivation && Before(s) is not null && After(s) is not null);

    /// <summary>Whether a layer, where there is one, does nothing here but these steps.</summary>
    public bool IsOnly(Layer? layer, IReadOnlyCollection<Step> steps) =>
        layer is null || _steps.Where(s => s.Layer == layer).All(steps.Contains);

    /// <summary>The layer whose output an activation, or another step, works on; null before the first.</summary>
    public Step? Before(Step step) => _steps.TakeWhile(s => s != step).LastOrDefault(s => s.HasWeights);

    /// <summary>The layer that reads what comes out of a step; null behind the last.</summary>
    public Step? After(Step step) => _steps.SkipWhile(s => s != step).Skip(1).FirstOrDefault(s => s.HasWeights);

    /// <summary>A layer narrower than what goes into it and what the next one gives: a code that the network learns to write.</summary>
    public bool IsBottleneck(Step layer) =>
        layer.Layer!.Out.Size is { } width && layer.Layer.In.Size > width && After(layer)?.Layer!.Out.Size > width;

    /// <summary>Whether maps shrink anywhere: by pooling, a stride, or a reduction over what is left; dilation sees as far.</summary>
    public bool Shrinks => _steps.Any(s => s.Role is Role.Pooling or Role.Reduction) || Convolutions.Any(c => !IsPlain(c));

    private static bool IsPlain(Step convolution) =>
        new[] { "stride", "dilation" }.All(p => convolution.Layer?.SizesOf(p, 1)?.All(s => s == 1) == true);

    /// <summary>The linear layer that reads what the last convolution leaves; null if there is none, or the sizes are not known.</summary>
    public MapHead? Head
    {
        get
        {
            if (Convolutions.LastOrDefault() is not { Op.SpatialAxes: 2, Layer.Out.Size: { } channels } last
                || After(last) is not { Role: Role.Linear, Layer.In.Size: { } values } reader
                || _steps.SkipWhile(s => s != last).TakeWhile(s => s != reader).LastOrDefault(s => s.Role == Role.Reshape)
                is not { Input: { } maps } flatten) return null;
            var side = (long)Math.Sqrt(values / channels);
            var (height, width) = maps.Shape is { HasRank: true, Rank: 4, Dims: var dims } && dims[2].Size is { } h && dims[3].Size is { } w
                ? (h, w) : (side, side);
            return channels * height * width == values ? new(maps, flatten, reader, channels, height, width) : null;
        }
    }
}

/// <summary>Maps that are made one row for a linear layer.</summary>
/// <param name="Maps">The step that has them last.</param>
/// <param name="Flatten">What makes a row of them.</param>
/// <param name="Reader">The linear layer.</param>
internal sealed record MapHead(Step Maps, Step Flatten, Step Reader, long Channels, long Height, long Width);
