using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
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
    private const string Watch = "global::NnAnalyzers.Companion.Watch.";

    /// <summary>The program with the companion in it. What may not be there, <c>x?.backward()</c>, is not reported.</summary>
    public static Compilation Apply(Compilation compilation, CancellationToken cancellation)
    {
        var wraps = new List<(ExpressionSyntax Expression, string Before, string After)>();
        var losses = 0;
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
                        wraps.Add((loss, $"{Watch}Loss(", $", {losses++})"));
                        break;
                    case InvocationExpressionSyntax { ArgumentList.Arguments: [{ Expression: var seed }] } call
                        when NameOf(call)?.StartsWith("manual_seed", StringComparison.Ordinal) == true:
                        wraps.Add((seed, $"{Watch}Seed(", ")"));
                        break;
                    case BaseObjectCreationExpressionSyntax { ArgumentList: { Arguments.Count: <= 1 } list } creation
                        when model.GetTypeInfo(creation, cancellation).Type is { Name: "Random", ContainingNamespace.Name: "System" }:
                        if (list.Arguments is [{ Expression: var given }]) wraps.Add((given, $"{Watch}Seed(", ")"));
                        else wraps.Add((creation, "", $"{Watch}Seed(0)"));
                        break;
                }
        }
        var scored = 0;
        foreach (var use in LossesOf(compilation, cancellation))
            if (use is { Prediction: { } output, Target: { } target } && use.SyntaxOf(output) is { } o && use.SyntaxOf(target) is { } t)
            {
                var isOfClasses = use.Op.Domain is LossDomain.Logits or LossDomain.LogProbabilities or LossDomain.BinaryLogits
                    or LossDomain.Probabilities ? "true" : "false";
                wraps.Add((o, $"{Watch}Output(", $", {scored}, {isOfClasses})"));
                wraps.Add((t, $"{Watch}Target(", $", {scored++}, {isOfClasses})"));
            }
        foreach (var file in wraps.GroupBy(w => w.Expression.SyntaxTree))
            compilation = compilation.ReplaceSyntaxTree(file.Key, file.Key.WithChangedText(Wrapped(file.Key.GetText(cancellation), file)));
        return WithCompanion(compilation);
    }

    private static string? NameOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        MemberBindingExpressionSyntax binding => binding.Name.Identifier.ValueText,
        SimpleNameSyntax name => name.Identifier.ValueText,
        _ => null,
    };

    private static bool IsOfTensor(SemanticModel model, InvocationExpressionSyntax call, CancellationToken cancellation) =>
        model.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol { ContainingType.Name: "Tensor" };

    /// <summary>Every loss that is applied, once.</summary>
    private static IEnumerable<LossUse> LossesOf(Compilation compilation, CancellationToken cancellation)
    {
        if (TorchSymbols.TryCreate(compilation) is not { } torch) return [];
        var graph = new ProjectGraph(compilation, torch, cancellation);
        return graph.Sites.SelectMany(graph.LossesOf).Concat(graph.Networks.SelectMany(graph.LossesOf))
            .Where(u => u.Loss.Syntax is not null).GroupBy(u => u.Loss.Syntax!).Select(g => g.First())
            .OrderBy(u => u.Loss.Syntax!.SyntaxTree.FilePath, StringComparer.Ordinal).ThenBy(u => u.Loss.Syntax!.SpanStart);
    }

    /// <summary>Text around expressions, of which one may be inside another.</summary>
    private static SourceText Wrapped(SourceText text, IEnumerable<(ExpressionSyntax Expression, string Before, string After)> wraps)
    {
        var insertions = new SortedDictionary<int, (string Ends, string Starts)>();
        foreach (var (expression, before, after) in wraps.OrderBy(w => w.Expression.Span.Length))
        {
            if (before.Length > 0)
            {
                insertions.TryGetValue(expression.SpanStart, out var start);
                insertions[expression.SpanStart] = (start.Ends ?? "", before + start.Starts);
            }
            // What is put into an empty argument list stands before its parenthesis.
            var at = expression.Span.End - (before.Length > 0 ? 0 : 1);
            insertions.TryGetValue(at, out var end);
            insertions[at] = (end.Ends + after, end.Starts ?? "");
        }
        return text.WithChanges(insertions.Select(i => new TextChange(new(i.Key, 0), i.Value.Ends + i.Value.Starts)));
    }

    private static Compilation WithCompanion(Compilation compilation) =>
        compilation.ReferencedAssemblyNames.Any(a => a.Name == "NnAnalyzers.Companion") ? compilation
            : compilation.AddReferences(MetadataReference.CreateFromFile(
                Path.Combine(AppContext.BaseDirectory, "companion", "NnAnalyzers.Companion.dll")));
}
