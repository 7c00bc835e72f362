using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace NnAnalyzers.Tests;

public class AnalyzerTests
{
    private static readonly string Whole = Code.Net("private readonly Linear fc1 = Linear(4, 8, hasBias: false), fc2 = Linear(8, 1);",
        "x = functional.relu(fc1.forward(x));\n        return functional.relu(fc2.forward(x));");

    private static async Task<ImmutableArray<Diagnostic>> FindAsync(Compilation compilation) =>
        await compilation.WithAnalyzers(ImmutableArray.Create<DiagnosticAnalyzer>(new NetworkAnalyzer())).GetAnalyzerDiagnosticsAsync();

    [Fact]
    public async Task One_file_asked_for_alone_gets_its_findings()
    {
        var compilation = Verify.Compile(
            "public class Net : Module<Tensor, Tensor> { private readonly Linear fc = Linear(4, 1); "
                + "public Net() : base(\"n\") => RegisterComponents(); public override Tensor forward(Tensor x) => fc.forward(x).relu(); }",
            "class Trainer { void Step(Tensor x, Tensor y) { var net = new Net(); functional.mse_loss(net.forward(x), y).backward(); } }");
        var analyzers = compilation.WithAnalyzers(ImmutableArray.Create<DiagnosticAnalyzer>(new NetworkAnalyzer()));
        var model = compilation.GetSemanticModel(compilation.SyntaxTrees[0]);
        Assert.Equal(["NN1001"], (await analyzers.GetAnalyzerSemanticDiagnosticsAsync(model, null, default)).Select(d => d.Id));
        Assert.Empty(await analyzers.GetAnalyzerSemanticDiagnosticsAsync(compilation.GetSemanticModel(compilation.SyntaxTrees[1]),
            null, default));
    }

    [Fact]
    public void The_compiler_is_the_one_these_tests_are_for() =>
        Assert.StartsWith(typeof(CSharpCompilation).Assembly.GetName().Version!.ToString(2) + ".",
        typeof(AnalyzerTests).Assembly.GetCustomAttributes(false).OfType<System.Reflection.AssemblyMetadataAttribute>()
            .Single(a => a.Key == "Roslyn").Value);

    [Fact]
    public async Task Code_without_TorchSharp_is_left_alone()
    {
        var compilation = CSharpCompilation.Create("Code", [CSharpSyntaxTree.ParseText("class C { }")],
            [MetadataReference.CreateFromFile(typeof(object).Assembly.Location)]);
        Assert.Empty(await FindAsync(compilation));
    }

    /// <summary>Code cut off anywhere is read as far as it goes, and nothing fails.</summary>
    [Fact]
    public async Task Half_typed_code_never_fails()
    {
        foreach (var token in CSharpSyntaxTree.ParseText(Whole).GetRoot().DescendantTokens())
            foreach (var code in new[] { Whole[..token.SpanStart], Whole.Remove(token.SpanStart, token.Span.Length),
                Whole.Insert(token.Span.End, " " + token.Text) })
                Assert.DoesNotContain(await FindAsync(Verify.Compile(code)), d => d.Id is "NN0000" or "AD0001");
    }

    /// <summary>An expression nested deeper than the stack is read as far as it goes.</summary>
    [Fact]
    public async Task Deeply_nested_code_never_fails()
    {
        var sum = string.Join(" + ", Enumerable.Repeat("x", 5000));
        var calls = string.Concat(Enumerable.Repeat("functional.relu(", 400)) + "x" + new string(')', 400);
        foreach (var forward in new[] { sum, calls })
            Assert.DoesNotContain(
                await FindAsync(Verify.Compile(Code.Net("private readonly Linear fc = Linear(4, 1);", $"return fc.forward({forward});"))),
                d => d.Id is "NN0000" or "AD0001");
    }

    [Fact]
    public void Rules_that_fail_are_told_and_the_others_go_on()
    {
        var compilation = Verify.Compile(Whole);
        var project = new NnAnalyzers.Projects.ProjectGraph(compilation, NnAnalyzers.Torch.TorchSymbols.TryCreate(compilation)!, default);
        var found = new RuleRunner(project, [new Broken(), .. RuleCatalog.All]).In(compilation.SyntaxTrees.Single(), default);
        Assert.Contains(found, d => d.Id == "NN0000" && d.GetMessage().Contains("NN9999") && d.GetMessage().Contains("broken on purpose"));
        Assert.Contains(found, d => d.Id == "NN1001");
        Assert.Contains(found, d => d.Id == "NN1004");
    }

    private sealed class Broken() : Rule("NN9999", RuleLevel.Advice, Category.Training, RuleSource.Peers, "t", "m")
    {
        public override IEnumerable<Finding> Check(NnAnalyzers.Graph.Network network, NnAnalyzers.Projects.ProjectGraph project) =>
            throw new InvalidOperationException("broken on purpose");
    }

    /// <summary>No host of Roslyn 4.8 lacks what the shipped assemblies refer to.</summary>
    [Theory]
    [InlineData(typeof(NetworkAnalyzer))]
    [InlineData(typeof(NetworkCodeFixProvider))]
    public void Nothing_newer_than_the_oldest_host_is_referenced(Type type) =>
        Assert.All(type.Assembly.GetReferencedAssemblies(), reference =>
    {
        if (reference.Name!.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal))
            Assert.True(reference.Version <= new Version(4, 8, 0, 0), reference.FullName);
        else Assert.Contains(reference.Name, new[] { "netstandard", "System.Collections.Immutable", "NnAnalyzers" });
    });
}
