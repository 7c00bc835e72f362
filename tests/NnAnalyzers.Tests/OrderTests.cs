using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Tests;

/// <summary>
/// The same findings, messages and fixes in whatever order files are told, files are asked about and rules ask, on one thread or
/// several. A failure names its seed.
/// </summary>
public class OrderTests
{
    private const int Shuffles = 3, Generated = 60;

    private static readonly string Root = typeof(OrderTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepositoryRoot").Value!;

    private static string[] Read(string folder) =>
        Directory.GetFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(File.ReadAllText).ToArray();

    [Fact]
    public Task Samples() =>
    SameAsync("samples", [Verify.GlobalUsings, Graph.GoldenTests.Companion, .. Read("samples/Training")], least: 17);

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

/// <summary>
/// Projects of six files: networks whose members are spread over them, helpers that build layers, training code and savers.
/// </summary>
internal static class GeneratedProject
{
    private const string Usings = "using System; using System.Collections.Generic; using System.Linq; using TorchSharp; "
        + "using TorchSharp.Modules; using static TorchSharp.torch; using static TorchSharp.torch.nn;\n";

    public static string[] Make(int seed)
    {
        var random = new Random(seed);
        var files = Enumerable.Range(0, 6).Select(_ => Usings).ToArray();
        T Pick<T>(params T[] of) => of[random.Next(of.Length)];
        void Put(string code) => files[random.Next(files.Length)] += code + "\n";

        Put($$"""
            static class Build
            {
                public static Module<Tensor, Tensor> Dense(int from, int to, bool last = false) =>
                    {{Pick("last ? Linear(from, to) : Sequential(Linear(from, to), ReLU())", "Sequential(Linear(from, to), ReLU())")}};
                public static Module<Tensor, Tensor> Head(int from) => {{Pick(
                    "Linear(from, 3)", "Sequential(Linear(from, 3), Softmax(1))", "Linear(from + 1, 3)")}};
            }
            """);
        var networks = random.Next(1, 4);
        for (var n = 0; n < networks; n++)
        {
            var (width, inputs) = (Pick(8, 16, 32), Pick(4, 6));
            Put($"partial class Net{n} : Module<Tensor, Tensor> {{ public Net{n}() : base(\"n\") {{ "
                + $"{Pick("", "init.normal_(a.weight);", "Spread();")} RegisterComponents(); }} }}");
            Put($"partial class Net{n} {{ private readonly Linear a = Linear({inputs}, {width}); }}");
            Put($"partial class Net{n} {{ private readonly Module<Tensor, Tensor> b = "
                + $"{Pick($"Build.Dense({width}, 8)", $"Build.Dense({width}, 8, true)", $"Linear({width}, 8)")}; }}");
            Put($"partial class Net{n} {{ private readonly Module<Tensor, Tensor> head = "
                + $"{Pick("Build.Head(8)", "Linear(8, 1)", "Build.Dense(8, 1)", "Linear(9, 1)")}; }}");
            Put($"partial class Net{n} {{ private void Spread() {{ foreach (var p in parameters()) init.{Pick("normal_(p)", "uniform_(p, "
                + "-1, 1)", "zeros_(p)")}; }} }}");
            Put($"partial class Net{n} {{ public override Tensor forward(Tensor x) => "
                + $"{Pick("Last(Middle(x))", "functional.relu(Last(Middle(x)))", "Last(Middle(x)).squeeze()")}; }}");
            Put($"partial class Net{n} {{ private Tensor Middle(Tensor x) => b.forward(functional.relu(a.forward(x))); }}");
            Put($"partial class Net{n} {{ private Tensor Last(Tensor x) => head.forward(x); }}");
            Put($$"""
                static partial class Training{{n}}
                {
                    public static void Run(Device device)
                    {
                        var model = new Net{{n}}();
                        {{Pick("", $"Action save = () => model.save(\"m{n}\");")}}
                        {{Pick("", "Action keep = () => model.save(\"k\");")}}
                        var optimizer = optim.{{Pick("Adam(model.parameters())", "SGD(model.parameters(), 0.1)")}};
                        {{Pick("", "model.to(device);")}}
                        for (var epoch = 0; epoch < {{Pick("3", "epochs")}}; epoch++)
                        {
                            Step(model, optimizer);
                            {{Pick("", "model.save(\"e\");", "Keep.It(model);")}}
                        }
                    }
                    private static readonly int epochs = 4;
                }
                """);
            Put($$"""
                static partial class Training{{n}}
                {
                    private static void Step(Net{{n}} model, optim.Optimizer optimizer)
                    {
                        var y = {{Pick("model.forward", "model.call")}}(randn(16, {{Pick(inputs, inputs, 5)}}));
                        var loss = {{Pick("functional.mse_loss(y, randn(16))", "functional.mse_loss(y, randn(16, 1))",
                            "functional.cross_entropy(y, zeros(16, int64))", "(y - randn(16)).pow(2).mean()")}};
                        optimizer.zero_grad(); loss.backward(); optimizer.step();
                    }
                }
                """);
        }
        Put("static class Keep { public static void It(Module model) => model.save(\"kept\"); }");
        return files;
    }
}
