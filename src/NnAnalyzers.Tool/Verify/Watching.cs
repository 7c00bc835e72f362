using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Tool.Verify;

/// <summary>
/// Rewrites a program so that it reports its losses: <c>x.backward()</c> becomes <c>Watch.Loss(x, 0).backward()</c>, the two sides of an
/// applied loss <c>Watch.Output(..)</c> and <c>Watch.Target(..)</c>, seeds <c>Watch.Seed(..)</c>. Lines stay where they are.
/// </summary>
internal static class Watching
{
    public const string Watch = "global::NnAnalyzersWatched.Watch.";

    /// <summary>
    /// What is put into the program. It names nothing but the program's own TorchSharp, so that it fits any framework; whoever watches sets
    /// Call. In words that the oldest compilers know.
    /// </summary>
    private const string Source = """
        namespace NnAnalyzersWatched
        {
            internal static class Watch
            {
                public static System.Func<string, object[], object> Call;
                private static T Ask<T>(string call, T value, params object[] more)
                {
                    var watching = Call;
                    if (watching == null) return value;
                    var given = new object[more.Length + 1];
                    given[0] = value;
                    more.CopyTo(given, 1);
                    return watching(call, given) is T other ? other : value;
                }
                public static int Seed(int seed) => Ask("Seed", seed);
                public static long Seed(long seed) => Ask("Seed", seed);
                public static TorchSharp.torch.Tensor Loss(TorchSharp.torch.Tensor loss, int place, int optimizer = -1,
                    System.Func<TorchSharp.torch.Tensor> again = null) => Ask("Loss", loss, place, optimizer, again);
                public static TorchSharp.torch.Tensor Output(TorchSharp.torch.Tensor output, int place, bool isOfClasses) =>
                    Ask("Output", output, place, isOfClasses);
                public static TorchSharp.torch.Tensor Target(TorchSharp.torch.Tensor target, int place, bool isOfClasses) =>
                    Ask("Target", target, place, isOfClasses);
                public static T Optimizer<T>(T optimizer, int place) => Ask("Optimizer", optimizer, place);
                public static T Model<T>(T model, string name) => Ask("Model", model, name);
                public static TorchSharp.torch.Tensor Input(TorchSharp.torch.Tensor input, int place) => Ask("Input", input, place);
                public static TorchSharp.torch.Tensor Applied(TorchSharp.torch.Tensor output) => Ask("Applied", output);
            }
        }
        """;

    /// <summary>The program, to be watched. What may not be there, <c>x?.backward()</c>, is not reported.</summary>
    public static Compilation Apply(Compilation compilation, CancellationToken cancellation)
    {
        var wrapping = new Wrapping();
        var losses = SeedsAndLosses(compilation, wrapping, cancellation);
        for (var i = 0; i < losses.Count; i++) wrapping.Add(losses[i], $"{Watch}Loss(", $", {i})");
        if (TorchSymbols.TryCreate(compilation) is { } torch)
            Compared(new ProjectGraph(compilation, torch, cancellation), wrapping);
        return WithWatch(wrapping.Apply(compilation));
    }

    /// <summary>Wraps seeds, and gives what goes backward.</summary>
    public static List<ExpressionSyntax> SeedsAndLosses(Compilation compilation, Wrapping wrapping, CancellationToken cancellation)
    {
        var losses = new List<ExpressionSyntax>();
        foreach (var tree in compilation.SyntaxTrees.OrderBy(t => t.FilePath, StringComparer.Ordinal))
        {
            var text = tree.GetText(cancellation).ToString();
            if (!text.Contains("backward", StringComparison.Ordinal) && !text.Contains("manual_seed", StringComparison.Ordinal)
                && !text.Contains("Random", StringComparison.Ordinal)) continue;
            var model = compilation.GetSemanticModel(tree);
            foreach (var node in tree.GetRoot(cancellation).DescendantNodes().OfType<ExpressionSyntax>())
                switch (node)
                {
                    case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var loss } } call
                        when NameOf(call) is "backward" && IsOfTensor(model, call, cancellation):
                        losses.Add(loss);
                        break;
                    case InvocationExpressionSyntax { ArgumentList.Arguments: [{ Expression: var seed }] } call
                        when NameOf(call)?.StartsWith("manual_seed", StringComparison.Ordinal) == true:
                        wrapping.Add(seed, $"{Watch}Seed(", ")");
                        break;
                    case BaseObjectCreationExpressionSyntax { ArgumentList: { Arguments.Count: <= 1 } list } creation
                        when model.GetTypeInfo(creation, cancellation).Type is { Name: "Random", ContainingNamespace.Name: "System" }:
                        if (list.Arguments is [{ Expression: var given }]) wrapping.Add(given, $"{Watch}Seed(", ")");
                        else wrapping.Add(creation, "", $"{Watch}Seed(0)");
                        break;
                }
        }
        return losses;
    }

    /// <summary>Wraps the two sides of every loss that is applied.</summary>
    public static void Compared(ProjectGraph graph, Wrapping wrapping)
    {
        var place = 0;
        foreach (var use in LossesOf(graph))
            if (use is { Prediction: { } output, Target: { } target } && use.SyntaxOf(output) is { } o && use.SyntaxOf(target) is { } t)
            {
                var isOfClasses = use.Op.Domain is LossDomain.Logits or LossDomain.LogProbabilities or LossDomain.BinaryLogits
                    or LossDomain.Probabilities ? "true" : "false";
                wrapping.Add(o, $"{Watch}Output(", $", {place}, {isOfClasses})");
                wrapping.Add(t, $"{Watch}Target(", $", {place++}, {isOfClasses})");
            }
    }

    public static string? NameOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        MemberBindingExpressionSyntax binding => binding.Name.Identifier.ValueText,
        SimpleNameSyntax name => name.Identifier.ValueText,
        _ => null,
    };

    private static bool IsOfTensor(SemanticModel model, InvocationExpressionSyntax call, CancellationToken cancellation) =>
        model.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol { ContainingType.Name: "Tensor" };

    /// <summary>Every loss that is applied, once.</summary>
    private static IEnumerable<LossUse> LossesOf(ProjectGraph graph) =>
        graph.Sites.SelectMany(graph.LossesOf).Concat(graph.Networks.SelectMany(graph.LossesOf))
            .Where(u => u.Loss.Syntax is not null).GroupBy(u => u.Loss.Syntax!).Select(g => g.First())
            .OrderBy(u => u.Loss.Syntax!.SyntaxTree.FilePath, StringComparer.Ordinal).ThenBy(u => u.Loss.Syntax!.SpanStart);

    /// <summary>The program with what its calls of Watch need.</summary>
    public static Compilation WithWatch(Compilation compilation) => compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText(
        "#nullable disable\n#pragma warning disable\n" + Source, (CSharpParseOptions)compilation.SyntaxTrees.First().Options,
        "NnAnalyzersWatched.cs", System.Text.Encoding.UTF8));
}
