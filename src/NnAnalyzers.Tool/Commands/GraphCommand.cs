using System.CommandLine;
using System.Globalization;
using System.Xml.Linq;
using HandlebarsDotNet;
using Microsoft.CodeAnalysis;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Tool.Drawing;
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
        var svg = new Option<bool>("--svg") { Description = "Print a picture, with what findings are about in red" };
        var html = new Option<bool>("--html") { Description = "Print a page with a picture of each" };
        var stats = new Option<bool>("--stats") { Description = "Print how much of the networks is known, and why the rest is not" };
        var loose = CheckCommand.LooseOption();
        var command = new Command("graph", "Prints the networks it reads in the code, and how they are trained.")
            { path, mermaid, svg, html, stats, loose };
        command.SetAction((parsed, cancellation) =>
        {
            var forms = new (Option<bool> Option, Action<string, IReadOnlyList<Seen>> Form)[]
                { (stats, PrintStats), (mermaid, PrintMermaid), (svg, PrintSvg), (html, PrintPage) };
            var chosen = forms.Where(f => parsed.GetValue(f.Option)).ToList();
            if (chosen.Count > 1) throw new ToolException($"{chosen[0].Option.Name} and {chosen[1].Option.Name} do not go together");
            return RunAsync(parsed.GetValue(path)!, chosen.Count > 0 ? chosen[0].Form : PrintText, parsed.GetValue(loose), cancellation);
        });
        return command.WithExamples("nn graph Model.cs", "nn graph src --html > networks.html");
    }

    /// <summary>The graph of what is read as one, with what the rules find in it; of a file or folder what is there.</summary>
    private sealed record Seen(ProjectGraph Graph, SourceSet Asked, IReadOnlyList<Diagnostic> Findings)
    {
        public IReadOnlyList<Network> Networks { get; } = Graph.Networks.Where(n => Asked.IsAsked(n.Tree)).ToList();

        public IEnumerable<TrainingSite> Sites =>
            Graph.Sites.Where(s => SitePrinter.IsWorthPrinting(s) && Asked.IsAsked(s.Body.SyntaxTree));
    }

    private static async Task<int> RunAsync(string path, Action<string, IReadOnlyList<Seen>> print, bool loose,
        CancellationToken cancellation)
    {
        using var sources = await SourceSet.OpenAsync(path, "Debug", cancellation, loose);
        sources.SaySkipped();
        var all = new List<Seen>();
        foreach (var reading in await sources.ReadAsync(cancellation))
            if (Analysis.Read(reading.Compilation, cancellation) is { } graph)
                all.Add(new(graph, sources, print == PrintSvg || print == PrintPage
                    ? await Analysis.FindAsync(reading, cancellation) : []));
        if (all.Sum(s => s.Networks.Count) == 0) Console.WriteLine("No networks found.");
        else print(path, all);
        return sources.Skipped.Count > 0 ? ExitCode.CannotRun : ExitCode.Clean;
    }

    private static void PrintText(string path, IReadOnlyList<Seen> all)
    {
        foreach (var seen in all)
        {
            foreach (var network in seen.Networks) Console.WriteLine(GraphPrinter.Text(network));
            foreach (var site in seen.Sites) Console.WriteLine(SitePrinter.Text(site));
        }
    }

    private static void PrintMermaid(string path, IReadOnlyList<Seen> all)
    {
        foreach (var seen in all)
        {
            foreach (var network in seen.Networks) Console.WriteLine($"%% {network.Name}\n{GraphPrinter.Mermaid(network)}");
            foreach (var site in seen.Sites) Console.WriteLine($"%% {SitePrinter.NameOf(site)}\n{SitePrinter.Mermaid(site)}");
        }
    }

    private static List<GraphDrawing> Draw(IReadOnlyList<Seen> all) => all.SelectMany(seen =>
    {
        var findings = new GraphDrawing.Findings(seen.Findings.Where(f => f.Severity != DiagnosticSeverity.Hidden));
        return seen.Networks.Where(n => n.Steps.Count > 0).Select(n => GraphDrawing.Of(n, findings))
            .Concat(seen.Sites.Select(s => GraphDrawing.Of(s, findings)));
    }).ToList();

    private static void PrintSvg(string path, IReadOnlyList<Seen> all) =>
        Console.WriteLine(GraphDrawing.Sheet(Draw(all), Resource("graphs.css")));

    private static void PrintPage(string path, IReadOnlyList<Seen> all) =>
        // {{ }} escapes; {{{ }}} does not, and gets our own style and pictures alone.
        Console.WriteLine(Handlebars.Create().Compile(Resource("Graphs.hbs"))(new
        {
            Source = Path.GetFileName(Path.GetFullPath(path)),
            Style = Resource("graphs.css"),
            Arrow = GraphDrawing.Arrow().ToString(),
            Parts = Draw(all).Select((d, i) => new
                { d.Title, Picture = d.Picture($"t{i}").ToString(SaveOptions.DisableFormatting), d.Said }).ToList(),
        }));

    private static string Resource(string name)
    {
        using var stream = typeof(GraphCommand).Assembly.GetManifestResourceStream("NnAnalyzers.Tool.Drawing." + name)!;
        return new StreamReader(stream).ReadToEnd();
    }

    private static void PrintStats(string path, IReadOnlyList<Seen> all) => Print(
        all.Aggregate(GraphStats.None, (sum, seen) => sum + GraphStats.Of(seen.Networks)), all.Sum(s => s.Graph.BoundsMet));

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
