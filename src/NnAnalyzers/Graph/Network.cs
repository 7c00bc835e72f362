using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>
/// The graph of a module class, or of a Sequential that training code uses on its own: its layers, the steps of forward
/// and what comes out. Most module classes are blocks of others; one that meets a loss is a network that is trained.
/// </summary>
internal sealed class Network(string name, INamedTypeSymbol? type, SyntaxTree? tree, Trace trace, IReadOnlyList<Output> outputs)
{
    public string Name => name;
    public INamedTypeSymbol? Type => type;

    /// <summary>The file it is written in.</summary>
    public SyntaxTree? Tree => tree;
    public IReadOnlyList<Layer> Layers => trace.Layers;
    public IReadOnlyList<Step> Steps => trace.Steps;
    public IReadOnlyList<Event> Events => trace.Events;

    /// <summary>Losses that are computed inside, in forward or beside it.</summary>
    public IReadOnlyList<Step> OwnLosses => trace.Losses;

    /// <summary>Empty when forward returns something that is not read.</summary>
    public IReadOnlyList<Output> Outputs => outputs;

    /// <summary>The Sequential it is, of training code; null for a class.</summary>
    public Layer? Container { get; init; }

    /// <summary>What an object of the class registers; null for a Sequential.</summary>
    public Membership? Membership { get; init; }

    /// <summary>What happens while an object of the class is made.</summary>
    public IEnumerable<Event> MakingEvents { get; init; } = [];

    /// <summary>The layers that forward itself makes, anew each time.</summary>
    public IReadOnlyList<Layer> MadeInForward { get; init; } = [];

    /// <summary>Whether a module is this network, or an object of its class.</summary>
    public bool Is(Layer module) =>
        module == Container || module.Type is { } made && SymbolEqualityComparer.Default.Equals(made.OriginalDefinition, type);

    /// <summary>The weights it draws itself.</summary>
    public IEnumerable<Initialization> Initializations =>
        Events.Select(Initialization.Of).Concat(Steps.Select(Initialization.Of)).OfType<Initialization>();

    /// <summary>All training code that uses it makes and feeds it as it was read.</summary>
    public bool IsReadAsUsed { get; init; }

    /// <summary>The losses its output meets, with nothing but reshapes between.</summary>
    public List<LossUse> Losses { get; } = [];

    /// <summary>Every step, those inside nested modules too, each with the step of this network it belongs to.</summary>
    public IEnumerable<(Step Step, Step Own)> AllSteps
    {
        get
        {
            static IEnumerable<Step> Inside(Step step) => step.Inner is null ? [] : step.Inner.Steps.SelectMany(s => Inside(s).Prepend(s));
            return Steps.SelectMany(s => Inside(s).Prepend(s).Select(i => (i, s)));
        }
    }

    /// <summary>Nothing in it is unknown.</summary>
    public bool IsWhollyRead => Outputs.Count > 0 && AllSteps.All(s => s.Step.Kind is not (StepKind.Unknown or StepKind.Network)
        && (s.Step.Kind != StepKind.Module || s.Step.Inner is not null));

    /// <summary>More than one layer with weights, one behind the other: not a regression, linear or logistic.</summary>
    public bool IsDeep => AllSteps.Count(s => s.Step.HasWeights) > 1;

    /// <summary>
    /// What it computes surely depends on its mode: it holds dropout or batch normalization, and neither its constructor nor forward
    /// switches the mode of any part.
    /// </summary>
    public bool HasModes => AllSteps.Any(s => s.Step.DependsOnMode && !s.Step.Conditional && !s.Own.Conditional)
        && !Events.Any(e => e.Kind is EventKind.Train or EventKind.Eval && e.Operation.Syntax.FirstAncestorOrSelf<MemberDeclarationSyntax>()
            is ConstructorDeclarationSyntax or MethodDeclarationSyntax { Identifier.ValueText: "forward" or "Forward" })
        && type?.GetMembers("train").IsEmpty != false && type?.GetMembers("eval").IsEmpty != false;

    /// <summary>The calls of a helper that made layers or steps of this network.</summary>
    public IEnumerable<SyntaxNode> CallsOf(IMethodSymbol helper) =>
        Layers.Select(l => l.Builder).Concat(Steps.Select(s => s.Builder))
            .Where(b => b is not null && SymbolEqualityComparer.Default.Equals(b.Helper, helper)).Select(b => b!.Call.Syntax).Distinct();

    /// <summary>The helper that built this step with its layer, if it builds more of the network than this.</summary>
    public BuilderCall? SharedBuilder(Step step) =>
        (step.Layer?.Builder ?? step.Builder) is { } builder && CallsOf(builder.Helper).Count() > 1 ? builder : null;

    /// <summary>The steps that decide what comes out.</summary>
    public IEnumerable<Step> LastSteps =>
        outputs.Where(o => !o.PredictionOnly).SelectMany(o => Chain.Behind(o.Step)).Select(s => s.Step).Distinct();
}
