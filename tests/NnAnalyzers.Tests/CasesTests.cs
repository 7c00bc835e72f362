using System.Reflection;
using Microsoft.CodeAnalysis;

namespace NnAnalyzers.Tests;

/// <summary>
/// Programs that were once answered wrongly, in the folder Cases; the first comment of each says what is right. Every finding is
/// expected as its rule and its line, and there are no others.
/// </summary>
public class CasesTests
{
    /// <summary>What one of these small programs may take: far less than the half gigabyte a build has to spare.</summary>
    private const long MostBytes = 256L << 20;

    private static readonly string Folder = Path.Combine(typeof(CasesTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepositoryRoot").Value!, "tests/NnAnalyzers.Tests/Cases");

    public static TheoryData<string> Programs =>
        [.. Directory.EnumerateFiles(Folder, "*.cs", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Folder, f)).Order()];

    [Theory, MemberData(nameof(Programs))]
    public async Task Show(string name)
    {
        var compilation = Verify.CompileFiles(File.ReadAllText(Path.Combine(Folder, name)));
        var errors = compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).ToList();
        var before = GC.GetTotalAllocatedBytes(true);
        var found = await Verify.FindAsync(compilation);
        var taken = GC.GetTotalAllocatedBytes(true) - before;
        File.AppendAllText("/tmp/cases.txt", $"{name} {taken >> 20} MB {string.Join(" ", errors.Take(2))}\n" + string.Concat(found.OrderBy(d => d.Location.SourceSpan.Start).Select(d => $"   {d.Id} {d.Location.GetLineSpan().StartLinePosition.Line + 1} fix={d.Properties.Count} {d.GetMessage()}\n")));
    }
}
