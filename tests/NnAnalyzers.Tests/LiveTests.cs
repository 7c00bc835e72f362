using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using NnAnalyzers.Benchmarks;
using NnAnalyzers.Torch;
using NnAnalyzers.Projects;

namespace NnAnalyzers.Tests;

/// <summary>What an IDE does: one file is asked about, again and again, while it changes.</summary>
public class LiveTests
{
    private static readonly string[] Project =
    [
        "public class Net : Module<Tensor, Tensor> { private readonly Linear fc = Linear(4, 3); public Net() : "
            + "base(\"n\") => RegisterComponents(); public override Tensor forward(Tensor x) => Out.Finish(fc.forward(x)); }",
        "static class Out { public static Tensor Finish(Tensor x) => functional.softmax(x, 1); }",
        "static class Factory { public static Module<Tensor, Tensor> Make() => new Net(); }",
        "class Trainer { private readonly Module<Tensor, Tensor> net = Factory.Make(); "
            + "private readonly Loss<Tensor, Tensor, Tensor> loss = "
            + "CrossEntropyLoss(); public void Step(Tensor x, Tensor y) => Losses.Of(loss, net.forward(x), y).backward(); }",
        "static class Losses { public static Tensor Of(Loss<Tensor, Tensor, Tensor> loss, Tensor p, Tensor y) => loss.forward(p, y); }",
        "static class Unrelated { public static Tensor Twice(Tensor x) => x * 2; }",
    ];

    private static IEnumerable<string> Found((ProjectGraph Graph, RuleRunner Runner) graph, SyntaxTree tree) =>
        graph.Runner.In(tree, default).Select(d => $"{d.Id} {d.Location.SourceTree!.FilePath} {d.Location.SourceSpan}");

    private static (ProjectGraph Graph, RuleRunner Runner) Graph(CSharpCompilation compilation)
    {
        var graph = new ProjectGraph(compilation, TorchSymbols.TryCreate(compilation)!);
        return (graph, new(graph, RuleCatalog.All));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    [InlineData(3, 0)]
    [InlineData(5, 0)]
    public async Task A_file_alone_gets_its_findings_wherever_network_helper_and_loss_are(int file, int findings)
    {
        var compilation = Verify.Compile(Project);
        var analyzers = compilation.WithAnalyzers([new NetworkAnalyzer()]);
        var found = await analyzers.GetAnalyzerSemanticDiagnosticsAsync(compilation.GetSemanticModel(compilation.SyntaxTrees[file]),
            null, default);
        Assert.Equal(Enumerable.Repeat("NN1002", findings), found.Select(d => d.Id));
    }

    [Fact]
    public async Task A_file_that_never_names_TorchSharp_is_read_where_it_is_imported_for_all()
    {
        var compilation = Verify.CompileFiles(
            "global using TorchSharp; global using static TorchSharp.torch; global using static TorchSharp.torch.nn;",
            "static class P { static void Train() { var model = Sequential(Linear(4, 8), ReLU(), Linear(8, 3), Softmax(1)); "
                + "functional.cross_entropy(model.forward(randn(8, 4)), randint(3, new long[] { 8 })).backward(); } }");
        Assert.Equal("NN1002", Assert.Single(await compilation.WithAnalyzers([new NetworkAnalyzer()]).GetAnalyzerDiagnosticsAsync()).Id);
    }

    [Fact]
    public void Findings_do_not_depend_on_which_file_is_asked_first()
    {
        var compilation = Verify.Compile(Project);
        var (forwards, backwards) = (Graph(compilation), Graph(compilation));
        var first = compilation.SyntaxTrees.SelectMany(t => Found(forwards, t)).Order().ToList();
        Assert.Equal(first, compilation.SyntaxTrees.Reverse().SelectMany(t => Found(backwards, t)).Order());
        Assert.Single(first);
    }

    [Fact]
    public void An_edit_reads_its_file_and_not_the_others()
    {
        var compilation = SyntheticCode.Project(60);
        var whole = Graph(compilation);
        foreach (var tree in compilation.SyntaxTrees) whole.Runner.In(tree, default);
        var digests = compilation.SyntaxTrees.Select(t => TreeDigest.Of(t, default)).ToList();

        var edited = SyntheticCode.Tree(30, edit: 1);
        var next = compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[30], edited);
        var graph = Graph(next);
        graph.Runner.In(edited, default);

        // The other files' digests are the ones they had; of all that was read, a sixtieth is read again.
        Assert.Equal(59, next.SyntaxTrees.Count(t => digests.Contains(TreeDigest.Of(t, default))));
        Assert.Equal(60 * graph.Graph.Readings, whole.Graph.Readings);
    }

    [Fact]
    public void What_is_read_grows_with_the_code_alone()
    {
        int Readings(int models)
        {
            var compilation = SyntheticCode.Project(models);
            var graph = Graph(compilation);
            foreach (var tree in compilation.SyntaxTrees) graph.Runner.In(tree, default);
            return graph.Graph.Readings;
        }
        Assert.Equal(4 * Readings(12), Readings(48));
    }

    [Fact]
    public void Realistic_networks_without_mistakes_get_no_findings() =>
        Assert.Empty(Measure.Run(SyntheticCode.Project(12), new NetworkAnalyzer()));
}
