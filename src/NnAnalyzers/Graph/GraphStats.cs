using Microsoft.CodeAnalysis;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>How much of the networks of some code the graph knows.</summary>
/// <param name="Modules">Module classes, and Sequentials that training code trains.</param>
/// <param name="Steps">Operations on tensors; inputs and parts of results do not count.</param>
/// <param name="KnownSteps">Those whose operation the catalog knows, and modules whose class was read.</param>
/// <param name="ShapedSteps">Known steps of which the number of axes, or the last one, is known.</param>
/// <param name="Layers">Layers made by a factory that takes sizes.</param>
/// <param name="SizedLayers">Those with every size a number or a symbol.</param>
/// <param name="Reasons">Why steps are unknown, and how often.</param>
internal sealed record GraphStats(int Modules, int Steps, int KnownSteps, int ShapedSteps, int Layers, int SizedLayers,
    IReadOnlyDictionary<string, int> Reasons)
{
    public static readonly GraphStats None = new(0, 0, 0, 0, 0, 0, new Dictionary<string, int>());

    public static GraphStats Of(IEnumerable<Network> networks)
    {
        var (modules, total, shaped, layers, sized) = (0, 0, 0, 0, 0);
        var reasons = new Dictionary<string, int>();
        foreach (var network in networks)
        {
            modules++;
            foreach (var step in network.Steps.Where(s => s.Kind is StepKind.Operation or StepKind.Module or StepKind.Unknown))
            {
                total++;
                if (WhyUnknown(step) is { } reason) reasons[reason] = reasons.TryGetValue(reason, out var n) ? n + 1 : 1;
                else if (step.Shape.HasRank || step.Shape.At(-1).IsKnown) shaped++;
            }
            foreach (var layer in network.Layers.Where(l => l.Op.In is not null))
            {
                layers++;
                if (layer.In.IsKnown && (layer.Op.Out is null || layer.Out.IsKnown)) sized++;
            }
        }
        return new(modules, total, total - reasons.Values.Sum(), shaped, layers, sized, reasons);
    }

    /// <summary>Null for a step that is known.</summary>
    public static string? WhyUnknown(Step step) => step.Kind switch
    {
        StepKind.Unknown => step.Reason ?? "not read",
        StepKind.Module when step.Layer is { IsHandedIn: true } => "a module handed in from outside",
        StepKind.Module when step.Inner is null => step.Reason ?? "a module whose class is not read",
        _ => null,
    };

    public static GraphStats operator +(GraphStats a, GraphStats b) =>
        new(a.Modules + b.Modules, a.Steps + b.Steps, a.KnownSteps + b.KnownSteps, a.ShapedSteps + b.ShapedSteps, a.Layers + b.Layers,
        a.SizedLayers + b.SizedLayers,
        a.Reasons.Concat(b.Reasons).GroupBy(p => p.Key).ToDictionary(g => g.Key, g => g.Sum(p => p.Value)));
}
