using System.CommandLine;
using NnAnalyzers.Graph;
using NnAnalyzers.Tool.Sources;

namespace NnAnalyzers.Tool.Commands;

/// <summary>nn graph: the networks as the rules see them.</summary>
internal static class GraphCommand
{
    public static Command Create()
    {
        var path = CheckCommand.PathArgument();
        var mermaid = new Option<bool>("--mermaid") { Description = "Print Mermaid flow charts" };
        var command = new Command("graph", "Prints the networks it reads in the code.") { path, mermaid };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(path)!, parsed.GetValue(mermaid), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string path, bool mermaid, CancellationToken cancellation)
    {
        using var sources = await SourceSet.OpenAsync(path, "Debug", cancellation);
        var count = 0;
        foreach (var project in sources.Projects)
            if (await Analysis.ReadAsync(project, cancellation) is { } graph)
                foreach (var network in graph.Networks)
                {
                    Console.WriteLine(mermaid ? $"%% {network.Name}\n{GraphPrinter.Mermaid(network)}" : GraphPrinter.Text(network));
                    count++;
                }
        if (count == 0) Console.WriteLine("No networks found.");
        return ExitCode.Clean;
    }
}
