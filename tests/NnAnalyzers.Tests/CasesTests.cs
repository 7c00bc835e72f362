using System.Reflection;
using Microsoft.CodeAnalysis;

namespace NnAnalyzers.Tests;

/// <summary>
/// Programs that were once answered wrongly, in the folder Cases: every finding is expected as its rule and its line, and there are
/// no others. A star says that the finding has a fix.
/// </summary>
[Collection(nameof(Alone))]
public class CasesTests
{
    /// <summary>What others allocate would count too.</summary>
    [CollectionDefinition(nameof(Alone), DisableParallelization = true)]
    public class Alone;

    /// <summary>What one of these small programs may allocate: far less than the half gigabyte a build has to spare.</summary>
    private const long MostBytes = 64L << 20;

    private static readonly string Folder = Path.Combine(typeof(CasesTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepositoryRoot").Value!, "tests/NnAnalyzers.Tests/Cases");

    private static readonly Dictionary<string, string> Right = new()
    {
        ["appended-later"] = "",
        ["asking-changes"] = "NN3003 14*",
        ["correlated-branches"] = "",
        ["early-exit"] = "",
        ["escaped-optimizer"] = "",
        ["grow-merged-sizes"] = "",
        ["one-helper-second-network"] = "NN1002 15*",
        ["one-helper-two-networks"] = "",
        ["picked-by-configuration"] = "",
        ["misread/append"] = "NN5003 7*, NN5003 15*",
        ["misread/block-symbolic-randn"] = "NN2001 7*, NN2001 7*",
        ["misread/generic-factory"] = "NN1001 9*, NN1001 15*, NN1013 27*",
        ["misread/handwritten-mse"] = "NN3009 8*",
        ["misread/public-sequential-field"] = "",
        ["misread/randn-param"] = "NN2001 4*, NN2001 16*, NN2001 26*",
        ["misread/rect-array"] = "NN3009 11*, NN3009 12*, NN3009 13*, NN3009 14*, NN3009 15*, NN3009 16*",
        ["misread/second-input"] = "NN3003 6*",
        // No fix that takes the activation from the other layers, or from what else uses it.
        ["misread/shared-activation-fix"] = "NN1001 7, NN1001 19, NN1003 30*, NN1001 37, NN1001 50, NN1003 62",
        ["misread/squeeze0"] = "NN3005 6",
        ["misread/state-shapes"] = "NN3001 12*, NN3003 12*",
        ["misread/target-axis"] = "NN3003 10*, NN3003 11, NN3003 12, NN3003 13, NN3003 14",
        ["misread/tuple-output"] = "NN3009 17*, NN3009 18*, NN3009 18*, NN3009 19*",
        ["misread/value-used-twice"] = "NN1002 12, NN1002 19",
    };

    public static TheoryData<string> Programs => [.. Directory.EnumerateFiles(Folder, "*.cs", SearchOption.AllDirectories)
        .Select(f => Path.ChangeExtension(Path.GetRelativePath(Folder, f).Replace('\\', '/'), null)).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Programs))]
    public async Task A_case_is_answered_right(string name)
    {
        var compilation = Verify.CompileFiles(File.ReadAllText(Path.Combine(Folder, name + ".cs")));
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        var before = GC.GetTotalAllocatedBytes(true);
        var found = await Verify.FindAsync(compilation);
        Assert.InRange(GC.GetTotalAllocatedBytes(true) - before, 0, MostBytes);
        Assert.Equal(Right[name], string.Join(", ", found.OrderBy(d => d.Location.SourceSpan.Start)
            .Select(d => $"{d.Id} {d.Location.GetLineSpan().StartLinePosition.Line + 1}"
                + (d.Properties.ContainsKey(FixProperties.Title) ? "*" : ""))));
    }

    [Fact]
    public void A_sequential_in_a_public_field_is_a_network_by_what_goes_backward()
    {
        var compilation = Verify.CompileFiles(File.ReadAllText(Path.Combine(Folder, "misread/public-sequential-field.cs")));
        var project = new NnAnalyzers.Projects.ProjectGraph(compilation, NnAnalyzers.Torch.TorchSymbols.TryCreate(compilation)!);
        Assert.Contains(project.Networks, n => n.Name == "Policy");
    }
}
