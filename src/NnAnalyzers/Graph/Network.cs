using Microsoft.CodeAnalysis;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>What a forward method returns on one of its ways out.</summary>
internal sealed record Output(Step Step, bool PredictionOnly);

/// <summary>A loss applied to a network's output.</summary>
/// <param name="Loss">The loss step; its first input is the prediction, its second the target.</param>
/// <param name="Target">What the prediction is compared with.</param>
/// <param name="NetworkInput">What the network was given.</param>
internal sealed record LossUse(Step Loss, Step? Target, Step? NetworkInput)
{
    public Op Op => Loss.Op;

    /// <summary>
    /// Whether an activation right before the loss takes away values the loss needs. A regression loss needs the range of
    /// its targets: known bounds are compared; of targets nobody knows only a rectifier is sure to miss some. A loss on
    /// logits needs both signs.
    /// </summary>
    public bool IsCutBy(Op activation) => activation.CutsRange && Op.Domain switch
    {
        LossDomain.AnyNumber when Target is null || ReferenceEquals(Target, NetworkInput) => false,
        LossDomain.AnyNumber when Target.Range is { } targets => !activation.Range.Covers(targets),
        LossDomain.AnyNumber or LossDomain.Logits or LossDomain.BinaryLogits or LossDomain.Probabilities => IsRectifier(activation),
        _ => false,
    };

    private static bool IsRectifier(Op activation) => activation.Name is "ReLU" or "ReLU6";
}

/// <summary>
/// The graph of a module class, or of a Sequential that training code uses on its own: its layers, the steps of forward
/// and what comes out. Most module classes are blocks of others; one that meets a loss is a network that is trained.
/// </summary>
internal sealed class Network(string name, INamedTypeSymbol? type, Layer? container, Reader reader, IReadOnlyList<Output> outputs, Func<INamedTypeSymbol, Network?> networkOf)
{
    public string Name => name;
    public INamedTypeSymbol? Type => type;

    /// <summary>The file it is written in.</summary>
    public SyntaxTree? Tree => type?.DeclaringSyntaxReferences.FirstOrDefault()?.SyntaxTree ?? container?.Syntax?.SyntaxTree;
    public IReadOnlyList<Layer> Layers => reader.Layers;
    public IReadOnlyList<Step> Steps => reader.Steps;
    public IReadOnlyList<Event> Events => reader.Events;

    /// <summary>Empty when forward returns a tuple or something that is not read.</summary>
    public IReadOnlyList<Output> Outputs => outputs;

    /// <summary>The losses its output meets, with nothing but reshapes between.</summary>
    public List<LossUse> Losses { get; } = [];

    /// <summary>The calls of a helper that made layers or steps of this network.</summary>
    public IEnumerable<SyntaxNode> CallsOf(IMethodSymbol helper) =>
        Layers.Select(l => l.Builder).Concat(Steps.Select(s => s.Builder))
            .Where(b => b is not null && SymbolEqualityComparer.Default.Equals(b.Helper, helper)).Select(b => b!.Call.Syntax).Distinct();

    /// <summary>The helper that built this step with its layer, if it builds more of the network than this.</summary>
    public BuilderCall? SharedBuilder(Step step) =>
        (step.Layer?.Builder ?? step.Builder) is { } builder && CallsOf(builder.Helper).Count() > 1 ? builder : null;

    /// <summary>The network another module class stands for.</summary>
    public Network? Of(Layer layer) => layer.Type is null ? null : networkOf(layer.Type);

    /// <summary>The step that decides what comes out: reshapes and dropout are looked through, nested modules are entered.</summary>
    public IEnumerable<Step> LastSteps() => outputs.Where(o => !o.PredictionOnly).SelectMany(o => Behind(o.Step, 0)).Distinct();

    private IEnumerable<Step> Behind(Step step, int depth)
    {
        if (step.Role is Role.Dropout or Role.Reshape or Role.Permute or Role.Identity && step.Input is { } input && step.Op.Name != "detach") return Behind(input, depth);
        if (step.Kind == StepKind.Choice) return step.Inputs.SelectMany(i => Behind(i, depth));
        if (step is { Kind: StepKind.Module, Layer: { } layer } && depth < 4 && Of(layer) is { } nested && !ReferenceEquals(nested, this))
            return nested.Outputs.Where(o => !o.PredictionOnly).SelectMany(o => nested.Behind(o.Step, depth + 1));
        return [step];
    }

    /// <summary>The chain of steps from the nearest layers to the loss, as a message quotes it.</summary>
    public string Path(Step last, LossUse use)
    {
        var names = new List<string>();
        for (var step = last; step is not null && names.Count < 4; step = step.Input)
            if (step.Kind != StepKind.Input && step.Role is not (Role.Dropout or Role.Identity)) names.Insert(0, step.Name);
        names.Add(use.Op.Name);
        return string.Join(" → ", names);
    }
}
