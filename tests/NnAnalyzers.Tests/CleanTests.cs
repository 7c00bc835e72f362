using System.Reflection;
using Microsoft.CodeAnalysis;

namespace NnAnalyzers.Tests;

/// <summary>Code as experts write it: nothing above advice is found, in one file or in all, and all of it is understood.</summary>
public class CleanTests
{
    private static readonly string Folder = Path.Combine(typeof(CleanTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepositoryRoot").Value!, "samples/Clean");

    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder, "*.cs").Select(f => Path.GetFileName(f)).Order()];

    private static async Task SilentAsync(params string[] codes)
    {
        var compilation = Verify.CompileFiles([Verify.GlobalUsings, .. codes]);
        Assert.DoesNotContain(compilation.GetDiagnostics(), d => d.Severity == DiagnosticSeverity.Error);
        Assert.DoesNotContain(await Verify.FindAsync(compilation), d => d.Severity > DiagnosticSeverity.Hidden || d.Id == "NN0000");
        var graph = new NnAnalyzers.Projects.ProjectGraph(compilation, NnAnalyzers.Torch.TorchSymbols.TryCreate(compilation)!);
        Assert.All(graph.Networks, n => Assert.DoesNotContain(n.Steps, s => s.Kind == NnAnalyzers.Graph.StepKind.Unknown));
        if (codes.Length > 1) Assert.True(graph.Networks.SelectMany(n => n.Losses).Count() > 20);
    }

    [Theory, MemberData(nameof(Files))]
    public Task Nothing_is_found_in(string file) => SilentAsync(File.ReadAllText(Path.Combine(Folder, file)));

    [Fact]
    public Task Nothing_is_found_in_all_together() =>
        SilentAsync(Directory.GetFiles(Folder, "*.cs").Order().Select(File.ReadAllText).ToArray());
}
