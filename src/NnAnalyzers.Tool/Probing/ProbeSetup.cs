using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;
using NnAnalyzers.Tool.Sources;
using NnAnalyzers.Torch;
using NnAnalyzers.Projects;
using NnAnalyzers.Shapes;

namespace NnAnalyzers.Tool.Probing;

/// <summary>
/// What the code says of one network: what goes in, which loss it meets, which optimizer steps it. Each with the place that says so.
/// </summary>
internal sealed record ProbeSetup(INamedTypeSymbol Type)
{
    /// <summary>Samples in a batch where the code does not say.</summary>
    public const long Batch = 16;

    /// <summary>Sizes, null where not known; null if not even their number is.</summary>
    public IReadOnlyList<long?>? Input { get; init; }

    /// <summary>The input as the code has it, for messages.</summary>
    public string InputText { get; init; } = "";
    public string? Loss { get; init; }
    public string? LossPlace { get; init; }
    public ValueRange? Targets { get; init; }
    public string? Optimizer { get; init; }
    public double? LearningRate { get; init; }
    public string? OptimizerPlace { get; init; }

    /// <summary>Constructor arguments on which all code that makes one agrees.</summary>
    public IReadOnlyDictionary<string, object?> Arguments { get; init; } = new Dictionary<string, object?>();

    public static ProbeSetup Of(ProjectGraph graph, INamedTypeSymbol type)
    {
        var setup = new ProbeSetup(type);
        if (graph.NetworkOf(type) is not { } network) return setup;
        var sites = graph.Sites;
        foreach (var site in sites) graph.LossesOf(site);
        graph.LossesOf(network);
        var entry = network.Steps.FirstOrDefault(s => s.Kind == StepKind.Input);
        var loss = network.Losses.FirstOrDefault();
        var optimizers = sites.SelectMany(s => s.Events).Where(e => e.Kind == EventKind.CreateOptimizer && e.Subject is Graph.Optimizer o
            && o.Models.Any(m => SymbolEqualityComparer.Default.Equals(m.Type?.OriginalDefinition, type))).ToList();
        var optimizer = optimizers.FirstOrDefault();
        var kind = (optimizer?.Subject as Graph.Optimizer)?.Kind;
        var rate = kind is null || OptimizerCatalog.Optimizer(kind) is not { } known ? null
            : (optimizer!.Arguments.ValueOf(known.Rate) as Constant)?.Number;
        return setup with
        {
            Input = entry is null ? null : Sizes(entry.Shape), InputText = entry is null ? "not read" : entry.Shape.ToString(),
            Loss = loss?.Op.Name, LossPlace = Place(loss?.Loss.Syntax), Targets = loss?.Target?.Range,
            Optimizer = kind, LearningRate = rate, OptimizerPlace = Place(optimizer?.Operation.Syntax),
            Arguments = graph.MadeWith(type)
                .Where(a => a is { Value: Constant, Operation: not IArgumentOperation { ArgumentKind: ArgumentKind.DefaultValue } })
                .ToDictionary(a => a.Name, a => ((Constant)a.Value).Raw),
        };
    }

    /// <summary>The first axis holds the samples; where only the last axes are known, they are all there is beside it.</summary>
    private static List<long?>? Sizes(Shape shape) =>
        shape.HasRank ? shape.Dims.Select((d, i) => d.Size ?? (i == 0 ? Batch : null)).ToList()
            : shape.Dims.Length > 0 ? shape.Dims.Select(d => d.Size).Prepend(Batch).ToList() : null;

    private static string? Place(SyntaxNode? syntax) => syntax is null ? null : Analysis.Place(syntax.GetLocation());
}
