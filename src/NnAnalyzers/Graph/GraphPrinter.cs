using System.Text;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>Prints a network as text or as a Mermaid flow chart.</summary>
internal static class GraphPrinter
{
    public static string Text(Network network)
    {
        var text = new StringBuilder().Append("network ").Append(network.Name).Append('\n');
        foreach (var layer in network.Layers.Where(l => l.Children is null))
            text.Append("  layer ").Append(Describe(layer)).Append('\n');
        var numbers = Number(network);
        foreach (var step in network.Steps)
        {
            text.Append("  ").Append($"%{numbers[step]} = {Describe(step)}");
            if (step.Inputs.Count > 0)
                text.Append(" of ")
                    .Append(string.Join(", ", step.Inputs.Select(i => numbers.TryGetValue(i, out var n) ? "%" + n : i.Name)));
            if (ShapeOf(step) is { } shape) text.Append(' ').Append(shape);
            if (step.PredictionOnly) text.Append(" [prediction only]");
            text.Append('\n');
        }
        foreach (var output in network.Outputs)
            text.Append("  output %").Append(numbers.TryGetValue(output.Step, out var n) ? n : -1)
                .Append(output.PredictionOnly ? " [prediction only]\n" : "\n");
        foreach (var name in network.Losses.Select(l => l.Op.Name).Distinct()) text.Append("  loss ").Append(name).Append('\n');
        return text.ToString();
    }

    public static string Mermaid(Network network)
    {
        var text = new StringBuilder("flowchart TD\n");
        var numbers = Number(network);
        foreach (var step in network.Steps)
        {
            text.Append($"  s{numbers[step]}[\"{Escape(Describe(step) + (ShapeOf(step) is { } shape ? " " + shape : ""))}\"]\n");
            foreach (var input in step.Inputs) if (numbers.TryGetValue(input, out var n)) text.Append($"  s{n} --> s{numbers[step]}\n");
        }
        foreach (var output in network.Outputs.Where(o => numbers.ContainsKey(o.Step)))
            foreach (var name in network.Losses.Select(l => l.Op.Name).Distinct().DefaultIfEmpty("output"))
                text.Append($"  s{numbers[output.Step]} --> {name}([\"{name}\"])\n");
        return text.ToString();
    }

    private static Dictionary<Step, int> Number(Network network) => network.Steps.Select((s, i) => (s, i)).ToDictionary(p => p.s, p => p.i);

    private static string Describe(Layer layer)
    {
        var text = new StringBuilder(layer.Name).Append(": ").Append(layer.Signature);
        if (layer.HasBias == false) text.Append(" without bias");
        if (layer.Builder is { Helper.Name.Length: > 0 } builder) text.Append(" from ").Append(builder.Helper.Name);
        return text.ToString();
    }

    /// <summary>The shape of what a step gives; null where nothing is known of it.</summary>
    public static string? ShapeOf(Step step) => step.Shape.HasRank || step.Shape.Dims.Length > 0 ? step.Shape.ToString() : null;

    public static string Describe(Step step) => step.Kind switch
    {
        StepKind.Input => $"input {step.Name}",
        StepKind.Unknown => $"unknown ({step.Reason})",
        StepKind.Choice => step.Op.Name == "loop" ? "after the loop" : "either",
        StepKind.Part => $"result {step.Index + 1}",
        StepKind.Module or StepKind.Network => $"module {step.Name}",
        _ when step.Layer is { } layer && layer.Name != layer.Op.Name => $"{layer.Name} ({step.Op.Name})",
        _ => step.Op.Name,
    };

    public static string Escape(string text) => text.Replace("\"", "'").Replace("<", "‹").Replace(">", "›");
}
