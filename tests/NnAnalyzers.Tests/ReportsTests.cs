using System.Reflection;
using Microsoft.CodeAnalysis;

namespace NnAnalyzers.Tests;

/// <summary>
/// Faults that people reported, in the folder Reports, each as a program with the fault and one with its confirmed cure: the rule that
/// knows it speaks of the first, none of the second.
/// </summary>
public class ReportsTests
{
    private static readonly string Folder = Path.Combine(typeof(ReportsTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepositoryRoot").Value!, "tests/NnAnalyzers.Tests/Reports");

    /// <summary>The rule of each; none for what only a run shows. Rules that are not there yet are waited for.</summary>
    private static readonly Dictionary<string, string?> Rules = new()
    {
        ["layer-array"] = "NN7002",
        ["layer-list-dqn"] = "NN7002",
        ["block-not-registered"] = "NN7001",
        ["loop-leak"] = "NN7005",
        ["retention-relu"] = "NN1001",
        ["unet-sigmoid"] = "NN1002",
        ["softmax-into-nll"] = "NN1002",
        ["logsoftmax-over-batch"] = "NN4017",
        ["policy-over-batch"] = "NN4017",
        ["transformer-batch-axis"] = "NN3010",
        ["carried-state"] = "NN4024",
        ["edge-loss-argmax"] = "NN4016",
        ["score-while-training"] = "NN4007",
        ["eval-kept"] = "NN4014",
        ["gradients-pile-up"] = "NN4005",
        ["dropout-made-in-forward"] = "NN7003",
        ["class-axis-last"] = "NN3003",
        ["root-of-zero"] = "NN4025",
        ["divergence-summed"] = null,
        ["labels-of-int"] = "NN3011",
        ["schedule-to-zero"] = "NN4004",
        ["log-of-softmax"] = "NN4025",
        ["target-net-same-object"] = "NN4026",
        ["pooled-squeeze"] = "NN3005",
        ["depth-without-channel"] = "NN3009",
        ["softmax-of-one-mse"] = "NN1011",
        ["states-turned-viewed"] = "NN3007",
    };

    public static TheoryData<string> Names =>
        [.. Directory.GetDirectories(Folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Names))]
    public async Task A_report_is_answered(string name)
    {
        var expected = Rules[name] is { } rule && RuleCatalog.Find(rule) is not null ? [rule] : Array.Empty<string>();
        Assert.Equal(expected, await FindAsync(name, "Buggy"));
        Assert.Empty(await FindAsync(name, "Fixed"));
    }

    private static async Task<IEnumerable<string>> FindAsync(string name, string version)
    {
        var compilation = Verify.CompileFiles(File.ReadAllText(Path.Combine(Folder, name, version + ".cs")));
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        return (await Verify.FindAsync(compilation, untrained: true))
            .Where(d => d.Severity > DiagnosticSeverity.Hidden || d.Id == Rules[name])
            .Select(d => d.Id).Distinct().Order();
    }
}
