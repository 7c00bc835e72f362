using System.Globalization;
using NnAnalyzers.Tool.Probing;
using NnAnalyzers.Tool.Sources;

namespace NnAnalyzers.Tool.Tests;

/// <summary>The code between a network and what goes backward can be run again.</summary>
public sealed class SliceTests
{
    public static TheoryData<string> Programs => [.. Directory.GetFiles(Path.Combine(Nn.Root, "tests", "NnAnalyzers.Tests", "Programs"), "*.cs")
        .Select(Path.GetFileName).Order(StringComparer.Ordinal)!];

    [Theory, MemberData(nameof(Programs))]
    public async Task Of_a_golden_program(string name)
    {
        using var sources = await SourceSet.OpenAsync(Path.Combine(Nn.Root, "tests", "NnAnalyzers.Tests", "Programs", name), "Release", default);
        var project = sources.Projects.Single();
        var (program, places) = ProgramProbe.Of((await project.GetCompilationAsync())!, (await Analysis.ReadAsync(project, default))!, default);
        Assert.Empty(program.GetDiagnostics().Where(d => d.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error)
            .Select(d => d.ToString()));
        File.AppendAllText("/tmp/slices.txt", $"{name}: {places.Count(p => p.IsAsked)} of {places.Count}\n");
        foreach (var p in places.Where(p => !p.IsAsked)) File.AppendAllText("/tmp/slices.txt", $"    {Analysis.Place(p.Syntax.GetLocation())}: {p.Syntax}\n");
    }
}
