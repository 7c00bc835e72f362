using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace NnAnalyzers.Tests;

/// <summary>
/// The calls an editor makes: one document at a time while it changes, light bulbs, previews, and Fix All in every scope.
/// </summary>
public sealed class EditorTests : IDisposable
{
    private static readonly string Root = typeof(EditorTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepositoryRoot").Value!;
    private readonly AdhocWorkspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    private const string Usings = "using System;\nusing TorchSharp;\nusing TorchSharp.Modules;\nusing static TorchSharp.torch;\n"
        + "using static TorchSharp.torch.nn;\n\n";

    private const string Whole = Usings + """
        class Net : Module<Tensor, Tensor>
        {
            private readonly Linear fc1 = Linear(4, 8, hasBias: false), fc2 = Linear(8, 1);
            public Net() : base("net") => RegisterComponents();
            public override Tensor forward(Tensor x) => functional.relu(fc2.forward(functional.relu(fc1.forward(x))));
        }

        static class Training
        {
            static void Step(Net net, Tensor x, Tensor y) => functional.mse_loss(net.forward(x), y).backward();
        }

        """;

    private ProjectId Project(OutputKind kind, params (string Path, string Text)[] files)
    {
        var id = ProjectId.CreateNewId();
        var like = Verify.CompileFiles("");
        var solution = _workspace.CurrentSolution.AddProject(
            ProjectInfo.Create(id, VersionStamp.Default, "Code" + id.Id, "Code", LanguageNames.CSharp,
            compilationOptions: like.Options.WithOutputKind(kind), parseOptions: new CSharpParseOptions(LanguageVersion.Latest),
            metadataReferences: like.References));
        foreach (var (path, text) in files)
            solution = solution.AddDocument(DocumentId.CreateNewId(id), Path.GetFileName(path), SourceText.From(text), filePath: path);
        Assert.True(_workspace.TryApplyChanges(solution));
        return id;
    }

    private ProjectId Project(params (string Path, string Text)[] files) => Project(OutputKind.DynamicallyLinkedLibrary, files);

    private Document Document(string name, ProjectId? project = null) => _workspace.CurrentSolution.Projects
        .Where(p => project is null || p.Id == project).SelectMany(p => p.Documents).Single(d => d.Name == name);

    /// <summary>What an editor asks about the document that is open.</summary>
    private static async Task<ImmutableArray<Diagnostic>> AskAsync(Document document)
    {
        var compilation = (await document.Project.GetCompilationAsync())!;
        var model = compilation.GetSemanticModel((await document.GetSyntaxTreeAsync())!);
        var analyzers = compilation.WithAnalyzers([new NetworkAnalyzer()],
            new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), null, concurrentAnalysis: true, logAnalyzerExecutionTime: false));
        var syntax = await analyzers.GetAnalyzerSyntaxDiagnosticsAsync(model.SyntaxTree, default);
        return syntax.AddRange(await analyzers.GetAnalyzerSemanticDiagnosticsAsync(model, null, default))
            .Sort((a, b) => a.Location.SourceSpan.Start.CompareTo(b.Location.SourceSpan.Start));
    }

    private static async Task<IReadOnlyList<CodeAction>> BulbAsync(Document document, Diagnostic diagnostic)
    {
        var actions = new List<CodeAction>();
        await new NetworkCodeFixProvider()
            .RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (action, _) => actions.Add(action), default));
        return actions;
    }

    private async Task ApplyAsync(CodeAction action)
    {
        var operation = Assert.IsType<ApplyChangesOperation>(Assert.Single(await action.GetOperationsAsync(default)));
        Assert.True(_workspace.TryApplyChanges(operation.ChangedSolution));
    }

    private async Task<string> TextAsync(string name, ProjectId? project = null)
    {
        var document = Document(name, project);
        var errors = (await document.Project.GetCompilationAsync())!.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error);
        Assert.Empty(errors);
        return (await document.GetTextAsync()).ToString();
    }

    /// <summary>Applies one light bulb after the other until none is left.</summary>
    private async Task<string> FixOneByOneAsync(string name)
    {
        for (var round = 0; round < 10; round++)
        {
            var document = Document(name);
            if ((await AskAsync(document)).FirstOrDefault(d => d.Properties.ContainsKey(FixProperties.Title)) is not { } finding) break;
            await ApplyAsync(Assert.Single(await BulbAsync(document, finding)));
        }
        return await TextAsync(name);
    }

    private sealed class Found : FixAllContext.DiagnosticProvider
    {
        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document,
            CancellationToken cancellation) => await AskAsync(document);
        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellation) =>
            Task.FromResult<IEnumerable<Diagnostic>>([]);
        public override async Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellation) =>
            (await Task.WhenAll(project.Documents.Select(AskAsync))).SelectMany(d => d);
    }

    private async Task FixAllAsync(string name, FixAllScope scope, string id)
    {
        var provider = new NetworkCodeFixProvider();
        var context = new FixAllContext(Document(name, _workspace.CurrentSolution.ProjectIds[0]), provider, scope,
            id, [id], new Found(), default);
        Assert.Contains(scope, provider.GetFixAllProvider()!.GetSupportedFixAllScopes());
        var action = (await provider.GetFixAllProvider()!.GetFixAsync(context))!;
        Assert.Equal($"Fix all {id}", action.Title);
        await ApplyAsync(action);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Findings_come_and_stay_while_a_file_is_typed(bool byCharacter)
    {
        Project(("/Net.cs", Usings));
        var ends = byCharacter ? Enumerable.Range(Usings.Length, Whole.Length - Usings.Length + 1)
            : CSharpSyntaxTree.ParseText(Whole).GetRoot().DescendantTokens().Select(t => t.Span.End).Where(e => e > Usings.Length);
        var seen = new List<string>();
        foreach (var end in ends)
        {
            Assert.True(_workspace.TryApplyChanges(Document("Net.cs").WithText(SourceText.From(Whole[..end])).Project.Solution));
            var said = string.Join(" ", (await AskAsync(Document("Net.cs"))).Select(d => d.Id));
            if (seen.Count == 0 || seen[^1] != said) seen.Add(said);
        }
        // The bias is missed once forward is there, the output's activation once there is a loss; nothing else at any moment.
        Assert.Equal(["", "NN1004", "NN1004 NN1001"], seen);
    }

    [Fact]
    public async Task A_light_bulb_has_a_title_a_preview_and_does_what_it_shows()
    {
        Project(("/Net.cs", Whole));
        var document = Document("Net.cs");
        var finding = (await AskAsync(document)).Single(d => d.Id == "NN1001");
        var bulb = Assert.Single(await BulbAsync(document, finding));
        Assert.Equal("Remove ReLU from the output", bulb.Title);
        Assert.Equal("NN1001", bulb.EquivalenceKey);
        var preview = Assert.IsType<ApplyChangesOperation>(Assert.Single(await bulb.GetPreviewOperationsAsync(default)));
        var shown = (await preview.ChangedSolution.GetDocument(document.Id)!.GetTextAsync()).ToString();
        // A preview changes nothing.
        Assert.Equal(Whole, await TextAsync("Net.cs"));
        var changes = await preview.ChangedSolution.GetDocument(document.Id)!.GetTextChangesAsync(document);
        Assert.All(changes, c => Assert.Equal(6, Whole[..c.Span.Start].Split('\n').Length - Usings.Split('\n').Length + 2));
        await ApplyAsync(bulb);
        Assert.Equal(shown, await TextAsync("Net.cs"));
        Assert.Contains("=> fc2.forward(functional.relu(fc1.forward(x)));", shown);
    }

    [Fact]
    public async Task A_light_bulb_of_text_that_has_changed_since_does_nothing()
    {
        Project(("/Net.cs", Whole));
        var document = Document("Net.cs");
        var finding = (await AskAsync(document)).Single(d => d.Id == "NN1001");
        var bulb = Assert.Single(await BulbAsync(document, finding));
        var moved = document.WithText(SourceText.From("// a line more\n" + Whole));
        var late = Assert.Single(await BulbAsync(moved, finding));
        Assert.Equal("// a line more\n" + Whole,
            (await Assert.IsType<ApplyChangesOperation>((await late.GetOperationsAsync(default))[0]).ChangedSolution
                .GetDocument(document.Id)!.GetTextAsync()).ToString());
        await ApplyAsync(bulb);
    }

    private const string Flagged = "Linear(2, 8, hasBias: false), ReLU(), Linear(8, 8, hasBias: false), ReLU(), Linear(8, 1)",
        Mended = "Linear(2, 8), ReLU(), Linear(8, 8), ReLU(), Linear(8, 1)";

    private static string Trained(string name, string layers) => Usings + $"static class {name}\n{{\n"
        + $"    static void Step(Tensor x, Tensor y) => functional.mse_loss(Sequential({layers}).forward(x), y).backward();\n}}\n";

    [Theory]
    [InlineData(FixAllScope.Document, true, false, false)]
    [InlineData(FixAllScope.Project, true, true, false)]
    [InlineData(FixAllScope.Solution, true, true, true)]
    public async Task Fix_all_mends_its_scope_and_no_more(FixAllScope scope, bool first, bool second, bool other)
    {
        Project(("/A.cs", Trained("A", Flagged)), ("/B.cs", Trained("B", Flagged)));
        Project(("/C.cs", Trained("C", Flagged)));
        await FixAllAsync("A.cs", scope, "NN1004");
        foreach (var (name, mended) in new[] { ("A", first), ("B", second), ("C", other) })
            Assert.Equal(Trained(name, mended ? Mended : Flagged), await TextAsync(name + ".cs"));
    }

    [Fact]
    public async Task A_file_linked_into_two_projects_is_mended_once_in_each()
    {
        var projects = new[] { Project(("/shared/A.cs", Trained("A", Flagged))), Project(("/shared/A.cs", Trained("A", Flagged))) };
        await FixAllAsync("A.cs", FixAllScope.Solution, "NN1004");
        foreach (var project in projects) Assert.Equal(Trained("A", Mended), await TextAsync("A.cs", project));
    }

    [Fact]
    public async Task A_class_in_two_files_is_mended_where_its_parts_are()
    {
        Project(
            ("/Net.Layers.cs", Usings + "partial class Net : Module<Tensor, Tensor>\n{\n    private readonly Linear fc1 = "
                + "Linear(4, 8, hasBias: false), fc2 = Linear(8, 1);\n    public Net() : base(\"net\") => RegisterComponents();\n}\n"),
            ("/Net.Forward.cs", Usings + "partial class Net\n{\n"
                + "    public override Tensor forward(Tensor x) => functional.relu(fc2.forward(functional.relu(fc1.forward(x))));\n}\n"),
            ("/Training.cs", Usings + "static class Training { "
                + "static void Step(Net net, Tensor x, Tensor y) => functional.mse_loss(net.forward(x), y).backward(); }\n"));
        Assert.Contains("fc1 = Linear(4, 8), fc2", await FixOneByOneAsync("Net.Layers.cs"));
        Assert.Contains("=> fc2.forward(functional.relu(fc1.forward(x)));", await FixOneByOneAsync("Net.Forward.cs"));
        Assert.Empty(await AskAsync(Document("Training.cs")));
    }

    [Theory]
    // Top-level statements.
    [InlineData("var model = Sequential(Linear(4, 8), ReLU(), Linear(8, 1), ReLU());\nfunctional.mse_loss(model.forward(randn(8, 4)), "
        + "randn(8, 1)).backward();\n", "var model = Sequential(Linear(4, 8), ReLU(), Linear(8, 1));\n"
            + "functional.mse_loss(model.forward(randn(8, 4)), randn(8, 1)).backward();\n")]
    // Named and reordered arguments.
    [InlineData("var model = Sequential(Linear(hasBias: false, outputSize: 8, inputSize: 4), ReLU(), Linear(outputSize: "
        + "1, inputSize: 8));\nfunctional.mse_loss(target: randn(8, 1), input: model.forward(randn(8, 4))).backward();\n",
        "var model = Sequential(Linear(outputSize: 8, inputSize: 4), ReLU(), Linear(outputSize: 1, inputSize: 8));\n"
            + "functional.mse_loss(target: randn(8, 1), input: model.forward(randn(8, 4))).backward();\n")]
    [InlineData("var model = Sequential(Conv2d(bias: false, kernel_size: 3, in_channels: 1, out_channels: 8), "
        + "ReLU(), Flatten(), Linear(8 * 36, 1));\nfunctional.mse_loss(model.forward(randn(8, 1, 8, 8)), randn(8, 1)).backward();\n",
        "var model = Sequential(Conv2d(kernel_size: 3, in_channels: 1, out_channels: 8), ReLU(), Flatten(), Linear(8 * 36, 1));\n"
            + "functional.mse_loss(model.forward(randn(8, 1, 8, 8)), randn(8, 1)).backward();\n")]
    // Nested calls, with comments at every joint.
    [InlineData("functional.mse_loss(new Net().forward(randn(8, 4)), randn(8, 1)).backward();\n\n"
        + "class Net : Module<Tensor, Tensor>\n{\n    private readonly Linear a = Linear(4, 8), b = Linear(8, 1);\n"
        + "    public Net() : base(\"net\") => RegisterComponents();\n    public override Tensor forward(Tensor x) =>\n"
        + "        functional.relu(/* out */ b.forward(functional.relu(a.forward(x))) /* end */); // done\n}\n",
        "functional.mse_loss(new Net().forward(randn(8, 4)), randn(8, 1)).backward();\n\n"
            + "class Net : Module<Tensor, Tensor>\n{\n    private "
            + "readonly Linear a = Linear(4, 8), b = Linear(8, 1);\n    public Net() : base(\"net\") => RegisterComponents();\n    public "
            + "override Tensor forward(Tensor x) =>\n        /* out */ /* end */ b.forward(functional.relu(a.forward(x))); // done\n}\n")]
    // Named tuples over several lines.
    [InlineData("var model = Sequential(\n    (\"hidden\", Linear(4, 8)), // wide\n    (\"act\", ReLU()),\n    (\"out\", Linear(8, 1)), "
        + "// one number\n    (\"cut\", ReLU()));\nfunctional.mse_loss(model.forward(randn(8, 4)), randn(8, 1)).backward();\n",
        "var model = Sequential(\n    (\"hidden\", Linear(4, 8)), // wide\n    (\"act\", ReLU()),\n"
            + "    (\"out\", Linear(8, 1)) // one number\n    );\n"
            + "functional.mse_loss(model.forward(randn(8, 4)), randn(8, 1)).backward();\n")]
    public async Task Programs_of_every_style_are_mended(string before, string after)
    {
        Project(OutputKind.ConsoleApplication, ("/Program.cs", Usings + before));
        Assert.Equal(Usings + after, await FixOneByOneAsync("Program.cs"));
    }

    /// <summary>Every example of the rule pages, with Windows line ends and tabs: the fix brings no other ones.</summary>
    [Fact]
    public async Task Line_ends_and_tabs_stay_what_they_are()
    {
        foreach (var page in Directory.GetFiles(Path.Combine(Root, "docs/rules"), "NN*.md").Order(StringComparer.Ordinal))
        {
            if (File.ReadAllText(page).Split("```csharp flagged\n") is not [_, var rest] || !rest.Contains("```csharp fixed")) continue;
            var code = (Usings + "using System.Collections.Generic;\nusing System.IO;\nusing System.Linq;\n" + rest.Split("```")[0])
                .Replace("    ", "\t").ReplaceLineEndings("\r\n");
            foreach (var project in _workspace.CurrentSolution.ProjectIds)
                Assert.True(_workspace.TryApplyChanges(_workspace.CurrentSolution.RemoveProject(project)));
            Project(("/Page.cs", code));
            var mended = await FixOneByOneAsync("Page.cs");
            Assert.NotEqual(code, mended);
            Assert.True(mended.Replace("\r\n", "").IndexOfAny(['\r', '\n']) < 0, $"{page} brings other line ends");
            Assert.DoesNotContain(mended.Split("\r\n"), l => l.StartsWith("  ", StringComparison.Ordinal));
        }
    }
}
