using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;
using Microsoft.CodeAnalysis.Text;

namespace NnAnalyzers.Tests;

/// <summary>Runs the analyzer and its fixes over code with findings marked as {|NN1001:..|}.</summary>
internal static class Verify
{
    private const string Usings = """
        using System;
        using System.Collections.Generic;
        using System.IO;
        using System.Linq;
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        """;

    private static readonly IReadOnlyList<MetadataReference> References =
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        .Where(p => Path.GetDirectoryName(p) == Path.GetDirectoryName(typeof(object).Assembly.Location))
        .Append(typeof(TorchSharp.torch).Assembly.Location).Append(typeof(Companion.TrainingRun).Assembly.Location)
        .Append(typeof(OxyPlot.PlotModel).Assembly.Location)
        .Select(p => (MetadataReference)MetadataReference.CreateFromFile(p)).ToList();

    /// <summary>What a project of the samples imports for all of its code.</summary>
    public const string GlobalUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;";

    private static readonly string[] Untold = RuleCatalog.All.Where(r => !r.ShowsInTraining).Select(r => r.Id).ToArray();

    /// <summary>The findings are the marked ones, of which there is at least one, and no others.</summary>
    public static Task FiresAsync(params string[] sources) => RunAsync(sources, null, fires: true);

    /// <summary>Nothing is found, and nothing is marked.</summary>
    public static Task SilentAsync(params string[] sources) => RunAsync(sources, null, fires: false);

    /// <summary>The marked findings are there; fixed one by one and all at once, the code becomes the second and compiles.</summary>
    public static Task FixAsync(string source, string after) => RunAsync([source], after, fires: true);

    /// <summary>
    /// The same for rules about sizes. Elsewhere those rules are not asked: code that shows one mistake is not always sized right.
    /// </summary>
    public static class Sizes
    {
        public static Task FiresAsync(params string[] sources) => RunAsync(sources, null, fires: true, sizes: true);
        public static Task SilentAsync(params string[] sources) => RunAsync(sources, null, fires: false, sizes: true);
        public static Task FixAsync(string source, string after) => RunAsync([source], after, fires: true, sizes: true);
    }

    /// <summary>The same for rules about what training does not show, memory for one: most code that shows another has some.</summary>
    public static class Untrained
    {
        public static Task FiresAsync(params string[] sources) => RunAsync(sources, null, fires: true, untrained: true);
        public static Task SilentAsync(params string[] sources) => RunAsync(sources, null, fires: false, untrained: true);
        public static Task FixAsync(string source, string after) => RunAsync([source], after, fires: true, untrained: true);
    }

    /// <summary>
    /// The same for the rule about linear layers in a row: code that shows another mistake at the end of a network often has no activation.
    /// </summary>
    public static class Links
    {
        public static Task FiresAsync(params string[] sources) => RunAsync(sources, null, fires: true, links: true);
        public static Task SilentAsync(params string[] sources) => RunAsync(sources, null, fires: false, links: true);
        public static Task FixAsync(string source, string after) => RunAsync([source], after, fires: true, links: true);
    }

    /// <summary>The findings are the marked ones, if any, where an .editorconfig has this line.</summary>
    public static Task ConfiguredAsync(string line, string source) =>
        RunAsync([source], null, fires: source.Contains("{|NN", StringComparison.Ordinal), line: line);

    private static async Task RunAsync(string[] sources, string? after, bool fires, bool sizes = false, string? line = null,
        bool untrained = false, bool links = false)
    {
        // Without this a test that lost its marks would pass as one of the other kind.
        Assert.True(fires == sources.Any(s => s.Contains("{|NN", StringComparison.Ordinal)),
            fires ? "No finding is marked." : "A finding is marked.");
        var untold = new HashSet<string>();
        if (!sizes) untold.UnionWith(["NN3003", "NN3009"]);
        if (!untrained) untold.UnionWith(Untold);
        if (!links && !sources[0].Contains("{|NN1007")) untold.Add("NN1007");
        if (after is null && line is null)
        {
            await FoundAsync(sources, untold);
            return;
        }
        var test = new Test();
        test.DisabledDiagnostics.AddRange(untold);
        if (line is not null) test.TestState.AnalyzerConfigFiles.Add(("/.editorconfig", $"root = true\n[*.cs]\n{line}\n"));
        for (var i = 0; i < sources.Length; i++) test.TestState.Sources.Add(($"/0/Test{i}.cs", Prepare(sources[i])));
        if (after is not null) test.FixedState.Sources.Add(("/0/Test0.cs", Prepare(after)));
        await test.RunAsync();
    }

    /// <summary>
    /// Where nothing is fixed: the code compiles, and the findings are the marked ones. The framework asks the analyzer several times for
    /// one answer; most tests are of this kind.
    /// </summary>
    private static async Task FoundAsync(string[] sources, IReadOnlySet<string> untold)
    {
        var (trees, marked) = (new List<SyntaxTree>(), new List<(string, TextSpan, string)>());
        foreach (var (source, i) in sources.Select((s, i) => (s, i)))
        {
            TestFileMarkupParser.GetSpans(Prepare(source), treatPositionIndicatorsAsCode: true, out var code,
                out System.Collections.Immutable.ImmutableDictionary<string, System.Collections.Immutable.ImmutableArray<TextSpan>> spans);
            trees.Add(CSharpSyntaxTree.ParseText(code, Parse, path: $"/0/Test{i}.cs"));
            marked.AddRange(spans.SelectMany(s => s.Value.Select(span => (trees[i].FilePath, span, s.Key))));
        }
        // The references are bound once for all.
        var compilation = Empty.AddSyntaxTrees(trees);
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        var found = await compilation.WithAnalyzers([new NetworkAnalyzer()]).GetAnalyzerDiagnosticsAsync();
        Assert.Equal(marked.Order(ByPlace), found.Where(d => !untold.Contains(d.Id))
            .Select(d => (d.Location.SourceTree!.FilePath, d.Location.SourceSpan, d.Id)).Order(ByPlace));
    }

    private static readonly IComparer<(string Path, TextSpan Span, string Id)> ByPlace =
        Comparer<(string Path, TextSpan Span, string Id)>.Create((a, b) =>
            (a.Path, a.Span.Start, a.Span.End, a.Id).CompareTo((b.Path, b.Span.Start, b.Span.End, b.Id)));

    private static readonly CSharpParseOptions Parse = new(LanguageVersion.Latest);

    private static readonly CSharpCompilation Empty = CSharpCompilation.Create("Code", [], References,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    private static string Prepare(string source) => (Usings + source).ReplaceLineEndings(source.Contains('\r') ? "\r\n" : "\n");

    public static CSharpCompilation Compile(params string[] sources) => CompileFiles(sources.Select(Prepare).ToArray());

    /// <summary>Code that says itself what it uses.</summary>
    public static CSharpCompilation CompileFiles(params string[] sources) =>
        Empty.AddSyntaxTrees(sources.Select((s, i) => CSharpSyntaxTree.ParseText(s, Parse, path: $"/0/Test{i}.cs")));

    public static async Task<IReadOnlyList<Diagnostic>> FindAsync(params string[] sources) =>
        await FindAsync(Compile(sources));

    /// <param name="untrained">What training does not show, too.</param>
    public static async Task<IReadOnlyList<Diagnostic>> FindAsync(Compilation compilation, bool untrained = false) =>
        (await compilation.WithAnalyzers([new NetworkAnalyzer()]).GetAnalyzerDiagnosticsAsync())
        .Where(d => untrained || !Untold.Contains(d.Id)).ToList();

    /// <summary>The project with the fixes of these findings applied, as an editor applies them.</summary>
    public static async Task<Project> MendAsync(Workspace workspace, CSharpCompilation compilation, IEnumerable<Diagnostic> findings)
    {
        var id = ProjectId.CreateNewId();
        var solution =
            workspace.CurrentSolution.AddProject(ProjectInfo.Create(id, VersionStamp.Default, "Code", "Code", LanguageNames.CSharp,
            compilationOptions: compilation.Options, parseOptions: compilation.SyntaxTrees[0].Options,
            metadataReferences: compilation.References));
        foreach (var tree in compilation.SyntaxTrees)
            solution = solution.AddDocument(DocumentId.CreateNewId(id), Path.GetFileName(tree.FilePath), tree.GetText(),
                filePath: tree.FilePath);
        return (await EditApplier.ApplyAsync(solution, findings, default)).GetProject(id)!;
    }

    private sealed class Test : CSharpCodeFixTest<NetworkAnalyzer, NetworkCodeFixProvider, DefaultVerifier>
    {
        public Test()
        {
            ReferenceAssemblies = new ReferenceAssemblies("net10.0");
            TestState.AdditionalReferences.AddRange(References);
            TestBehaviors |= TestBehaviors.SkipGeneratedCodeCheck;
            // A project and a solution are fixed by the same code for all rules: EditorTests does that once.
            CodeFixTestBehaviors |= CodeFixTestBehaviors.SkipFixAllInProjectCheck | CodeFixTestBehaviors.SkipFixAllInSolutionCheck;
        }

        protected override ParseOptions CreateParseOptions() => new CSharpParseOptions(LanguageVersion.Latest);

        protected override CompilationOptions CreateCompilationOptions() =>
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable);
    }
}

/// <summary>The code around what a test is about.</summary>
internal static class Code
{
    /// <summary>A module class with fields and the body of forward, and a method that trains it.</summary>
    public static string Net(string fields, string forward, string loss = "functional.mse_loss(prediction, target)",
        string target = "randn(8, 1)", string input = "randn(8, 4)", string more = "") => $$"""
        class Net : Module<Tensor, Tensor>
        {
            {{fields}}

            public Net() : base("net") => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                {{forward}}
            }
        }

        static class Program
        {
            static void Train()
            {
                var model = new Net();
                var optimizer = optim.Adam(model.parameters());
                for (var step = 0; step < 10; step++)
                {
                    var target = {{target}};
                    var input = {{input}};
                    var prediction = model.forward(input);
                    var loss = {{loss}};
                    optimizer.zero_grad();
                    loss.backward();
                    optimizer.step();
                }
            }
        }
        {{more}}
        """;

    /// <summary>A method that trains a small network: what is in the loop, before it and behind it.</summary>
    public static string Loop(string turn, string before = "", string after = "", string loop = "for (var i = 0; i < 100; i++)",
        string optimizer = "optim.Adam(model.parameters())", string more = "") => $$"""
        static class Program
        {
            static void Train(Tensor x, Tensor y, string path)
            {
                var model = Sequential(Linear(4, 16), ReLU(), Linear(16, 1));
                var optimizer = {{optimizer}};
                {{before}}
                {{loop}}
                {
                    {{turn.ReplaceLineEndings("\n").Replace("\n", "\n            ")}}
                }
                {{after}}
            }
        }
        {{more}}
        """;

    /// <summary>A Sequential in the method that trains it.</summary>
    public static string Sequential(string layers, string loss = "functional.mse_loss(prediction, target)", string target = "randn(8, 1)",
        string input = "randn(8, 4)") => $$"""
        static class Program
        {
            static void Train()
            {
                var model = {{layers}};
                var optimizer = optim.Adam(model.parameters());
                for (var step = 0; step < 10; step++)
                {
                    var target = {{target}};
                    var prediction = model.forward({{input}});
                    var loss = {{loss}};
                    optimizer.zero_grad();
                    loss.backward();
                    optimizer.step();
                }
            }
        }
        """;

    /// <summary>A method body that trains on.</summary>
    public static string Method(string body) => $$"""
        static class Program
        {
            static void Train(string path)
            {
                {{body}}
            }
        }
        """;
}
