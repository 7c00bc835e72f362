using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using NnAnalyzers.Projects;
using NnAnalyzers.Reliability;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Tests;

/// <summary>
/// The same findings, messages and fixes in whatever order files are told, files are asked about and rules ask, on one thread or
/// several. A failure names its seed.
/// </summary>
public class OrderTests
{
    private const int Shuffles = 2, Generated = 30;

    private static readonly string Root = typeof(OrderTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepositoryRoot").Value!;

    private static string[] Read(string folder, Func<string, bool>? which = null) =>
        Directory.GetFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Where(f => which?.Invoke(Path.GetFileNameWithoutExtension(f)) != false).Select(File.ReadAllText).ToArray();

    /// <summary>The first sample of each rule; the others are named after what they train.</summary>
    [Fact]
    public Task Samples() => SameAsync("samples",
        [Verify.GlobalUsings, Graph.GoldenTests.Companion, .. Read("samples/Training", f => !f.Contains('.'))], least: 17);

    [Fact]
    public Task Clean_programs() => SameAsync("clean", [Verify.GlobalUsings, .. Read("samples/Clean")], least: 0);

    [Theory, MemberData(nameof(Training.ProgramTests.Programs), MemberType = typeof(Training.ProgramTests))]
    public Task Golden_programs(string name) =>
        SameAsync(name, Training.ProgramTests.Compile(name), least: 0);

    [Fact]
    public async Task Generated_projects_of_several_files()
    {
        var found = 0;
        for (var seed = 0; seed < Generated; seed++) found += await SameAsync($"seed {seed}", GeneratedProject.Make(seed), least: 0);
        // A project without a fault shows nothing.
        Assert.InRange(found, Generated, int.MaxValue);
    }

    private static Task<int> SameAsync(string name, string[] sources, int least) => SameAsync(name, Verify.CompileFiles(sources), least);

    /// <summary>Asks in several orders; answers how many findings there are.</summary>
    private static async Task<int> SameAsync(string name, CSharpCompilation compilation, int least)
    {
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => $"{name}: {d}"));
        var expected = await AnalyzeAsync(compilation);
        Assert.InRange(expected.Count, least, int.MaxValue);
        for (var shuffle = 0; shuffle < Shuffles; shuffle++)
        {
            var random = new Random(shuffle);
            var trees = compilation.SyntaxTrees.ToArray();
            random.Shuffle(trees);
            var shuffled = compilation.RemoveAllSyntaxTrees().AddSyntaxTrees(trees);
            Same(expected, await AnalyzeAsync(shuffled), $"{name}, files in order {shuffle}, several threads");
            var rules = RuleCatalog.All.ToArray();
            random.Shuffle(rules);
            Same(expected, Ask(shuffled, rules, random), $"{name}, files and rules in order {shuffle}");
        }
        return expected.Count;
    }

    private static void Same(List<string> expected, List<string> actual, string where) =>
        Assert.True(expected.SequenceEqual(actual),
        $"{where}:\n- {string.Join("\n- ", expected.Except(actual))}\n+ {string.Join("\n+ ", actual.Except(expected))}");

    private static async Task<List<string>> AnalyzeAsync(CSharpCompilation compilation)
    {
        var options =
            new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), null, concurrentAnalysis: true, logAnalyzerExecutionTime: false);
        return Texts(await compilation.WithAnalyzers([new NetworkAnalyzer()], options).GetAnalyzerDiagnosticsAsync());
    }

    private static List<string> Ask(CSharpCompilation compilation, IReadOnlyList<Rule> rules, Random random)
    {
        var runner = new RuleRunner(new ProjectGraph(compilation, TorchSymbols.TryCreate(compilation)!), rules);
        var trees = compilation.SyntaxTrees.ToArray();
        random.Shuffle(trees);
        // As the compiler does with what a pragma silences.
        return Texts(CompilationWithAnalyzers.GetEffectiveDiagnostics(trees.SelectMany(t => runner.In(t, default)), compilation)
            .Where(d => !d.IsSuppressed));
    }

    private static List<string> Texts(IEnumerable<Diagnostic> found) => found.Select(d =>
        // A rule that fails the same in any order has failed all the same.
        d.Id == "NN0000" ? throw new InvalidOperationException(d.ToString())
        : $"{d.Id} {d.Location.SourceTree!.FilePath} {d.Location.SourceSpan} {d.GetMessage()} "
            + string.Join(" ", d.Properties.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value}")))
        .Order(StringComparer.Ordinal).ToList();
}
