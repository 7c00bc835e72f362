using System.CommandLine;
using System.Globalization;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Tool.Sources;
using NnAnalyzers.Training;
using Spectre.Console;

namespace NnAnalyzers.Tool.Commands;

/// <summary>nn graph: the networks, and the training code that uses them, as the rules see them.</summary>
internal static class GraphCommand
{
    public static Command Create()
    {
        var path = CheckCommand.PathArgument();
        var mermaid = new Option<bool>("--mermaid") { Description = "Print Mermaid flow charts" };
        var stats = new Option<bool>("--stats") { Description = "Print how much of the networks is known, and why the rest is not" };
        var loose = CheckCommand.LooseOption();
        var command =
            new Command("graph", "Prints the networks it reads in the code, and how they are trained.") { path, mermaid, stats, loose };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(path)!, parsed.GetValue(mermaid), parsed.GetValue(stats),
            parsed.GetValue(loose), cancellation));
        return command.WithExamples("nn graph Model.cs", "nn graph src --mermaid > networks.md");
    }

    private static async Task<int> RunAsync(string path, bool mermaid, bool stats, bool loose, CancellationToken cancellation)
    {
        using var sources = await SourceSet.OpenAsync(path, "Debug", cancellation, loose);
        sources.SaySkipped();
        var (count, total, bounds) = (0, GraphStats.None, 0);
        foreach (var project in sources.Projects)
            if (await Analysis.ReadAsync(project, cancellation) is { } graph)
            {
                count += graph.Networks.Count;
                if (stats) total += GraphStats.Of(graph.Networks);
                else Print(graph, mermaid);
                bounds += graph.BoundsMet;
            }
        if (count == 0) Console.WriteLine("No networks found.");
        else if (stats) Print(total, bounds);
        return sources.Skipped.Count > 0 ? ExitCode.CannotRun : ExitCode.Clean;
    }

    private static void Print(ProjectGraph graph, bool mermaid)
    {
        foreach (var network in graph.Networks)
            Console.WriteLine(mermaid ? $"%% {network.Name}\n{GraphPrinter.Mermaid(network)}" : GraphPrinter.Text(network));
        foreach (var site in graph.Sites.Where(SitePrinter.IsWorthPrinting))
            Console.WriteLine(mermaid ? $"%% {SitePrinter.NameOf(site)}\n{SitePrinter.Mermaid(site)}" : SitePrinter.Text(site));
    }

    private static void Print(GraphStats stats, int boundsMet)
    {
        static string Share(int part, int whole) =>
            whole == 0 ? "–" : string.Create(CultureInfo.InvariantCulture, $"{part} of {whole} ({100.0 * part / whole:0.0} %)");
        Console.WriteLine($"modules                    {stats.Modules}");
        Console.WriteLine($"steps known                {Share(stats.KnownSteps, stats.Steps)}");
        Console.WriteLine($"known steps with a shape   {Share(stats.ShapedSteps, stats.KnownSteps)}");
        Console.WriteLine($"layers with their sizes    {Share(stats.SizedLayers, stats.Layers)}");
        Console.WriteLine($"too large to follow        {boundsMet}");
        if (stats.Reasons.Count == 0) return;
        var table = new Table().AddColumn(new TableColumn("steps").RightAligned()).AddColumn("why unknown").Border(TableBorder.Simple);
        foreach (var reason in stats.Reasons.OrderByDescending(r => r.Value).ThenBy(r => r.Key, StringComparer.Ordinal))
            table.AddRow(reason.Value.ToString(CultureInfo.InvariantCulture), Markup.Escape(reason.Key));
        AnsiConsole.Write(table);
    }
}
