using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Tests.Training;

/// <summary>
/// Training code as people write it, in the folder Programs: each starts with its rounds in words and is right, so that nothing is found;
/// beside it stands what is printed of it. With NN_UPDATE=1 in the environment that is rewritten; read the difference.
/// </summary>
public class ProgramTests
{
    private static readonly string Folder = Path.Combine(typeof(ProgramTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepositoryRoot").Value!, "tests/NnAnalyzers.Tests/Programs");

    public static TheoryData<string> Programs =>
        [.. Directory.EnumerateFileSystemEntries(Folder).Where(f => !f.EndsWith(".txt", StringComparison.Ordinal))
        .Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    internal static CSharpCompilation Compile(string name)
    {
        var path = Path.Combine(Folder, name);
        var files = Directory.Exists(path) ? Directory.GetFiles(path, "*.cs").Order(StringComparer.Ordinal).ToArray() : [path + ".cs"];
        var compilation = Verify.CompileFiles(files.Select(File.ReadAllText).ToArray());
        // Top-level statements make a program.
        return compilation.GetDiagnostics().Any(d => d.Id == "CS8805")
            ? compilation.WithOptions(compilation.Options.WithOutputKind(OutputKind.ConsoleApplication)) : compilation;
    }

    [Theory, MemberData(nameof(Programs))]
    public async Task A_program_is_read(string name)
    {
        var compilation = Compile(name);
        Assert.DoesNotContain(compilation.GetDiagnostics(), d => d.Severity == DiagnosticSeverity.Error);
        Assert.DoesNotContain(await Verify.FindAsync(compilation), d => d.Severity > DiagnosticSeverity.Hidden || d.Id == "NN0000");
        var printed = Printed(name);
        var path = Path.Combine(Folder, name + ".txt");
        if (Environment.GetEnvironmentVariable("NN_UPDATE") == "1") File.WriteAllText(path, printed);
        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), printed);
    }

    [Fact]
    public void The_site_on_the_page_is_what_is_printed() =>
    Docs.Compare("docs/graph.md", "site", "```\n" + Printed("13_BestCheckpoint") + "```");

    private static string Printed(string name)
    {
        var compilation = Compile(name);
        return string.Join("\n", new ProjectGraph(compilation, TorchSymbols.TryCreate(compilation)!).Sites
            .Where(SitePrinter.IsWorthPrinting).Select(SitePrinter.Text));
    }

    [Theory, MemberData(nameof(Programs))]
    public void A_program_is_drawn(string name)
    {
        var compilation = Compile(name);
        foreach (var site in new ProjectGraph(compilation, TorchSymbols.TryCreate(compilation)!).Sites.Where(SitePrinter.IsWorthPrinting))
        {
            var drawn = SitePrinter.Mermaid(site).Split('\n');
            Assert.StartsWith("flowchart", drawn[0]);
            Assert.Equal(drawn.Count(l => l.TrimStart().StartsWith("subgraph ", StringComparison.Ordinal)),
                drawn.Count(l => l.Trim() == "end"));
            // Every node is made before it is named.
            var made = drawn.Select(l => System.Text.RegularExpressions.Regex.Match(l, @"^\s+(e\d+)\[")).Where(m => m.Success)
                .Select(m => m.Groups[1].Value).ToHashSet();
            Assert.All(drawn.SelectMany(l =>
                System.Text.RegularExpressions.Regex.Matches(l, @"^\s+(e\d+) -.*> (e\d+)$")
                .SelectMany(m => new[] { m.Groups[1].Value, m.Groups[2].Value })),
                node => Assert.Contains(node, made));
        }
    }
}
