using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using NnAnalyzers.Torch;
using NnAnalyzers.Projects;

namespace NnAnalyzers.Benchmarks;

/// <summary>
/// Plants one mistake after another into code and tells which the rules notice: sizes that are off by one, a loss that applies the
/// softmax of the network again, an activation or a softmax around what a forward method returns. Not every plant is a mistake: the input
/// of a first layer and the classes of a last one may be any number, and most modules are blocks.
/// </summary>
internal static class Planted
{
    public static void Print(CSharpCompilation code)
    {
        var before = Find(code);
        var noticed = new SortedDictionary<string, (int All, int Hits)>(StringComparer.Ordinal);
        foreach (var tree in code.SyntaxTrees)
            foreach (var (kind, rule, at, change) in tree.GetRoot().DescendantNodes().SelectMany(Plants))
            {
                var planted = code.ReplaceSyntaxTree(tree, tree.WithChangedText(tree.GetText().WithChanges(change)));
                var found = Find(planted).Except(before).ToList();
                var hit = found.Any(f => f.Id == rule);
                noticed[kind] = noticed.TryGetValue(kind, out var n) ? (n.All + 1, n.Hits + (hit ? 1 : 0)) : (1, hit ? 1 : 0);
                var others = string.Join(' ', found.Select(f => f.Id).Distinct().Where(id => id != rule));
                var place = $"{Path.GetFileName(tree.FilePath)}({at.GetLocation().GetLineSpan().StartLinePosition.Line + 1})";
                var text = string.Join(' ', at.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
                Console.WriteLine($"{(hit ? rule : "-"),-7}{others,-7} {kind,-22} {place}: {text}");
            }
        foreach (var (kind, (all, hits)) in noticed) Console.WriteLine($"{kind}: {hits} of {all}");
    }

    private static HashSet<(string Id, string Message)> Find(CSharpCompilation code)
    {
        var runner = new RuleRunner(new ProjectGraph(code, TorchSymbols.TryCreate(code)!), RuleCatalog.All);
        return code.SyntaxTrees.SelectMany(t => runner.In(t, default))
            .Select(d => (d.Id, d.GetMessage(CultureInfo.InvariantCulture))).ToHashSet();
    }

    private static IEnumerable<(string Kind, string Rule, SyntaxNode At, TextChange Change)> Plants(SyntaxNode node)
    {
        if (node is InvocationExpressionSyntax { ArgumentList.Arguments: var arguments } call)
        {
            var name = call.Expression switch { SimpleNameSyntax n => n, MemberAccessExpressionSyntax m => m.Name, _ => null };
            if (name?.Identifier.Text is "Linear" or "Conv1d" or "Conv2d" && arguments.Count >= 2)
                for (var i = 0; i < 2; i++)
                    yield return ($"{name.Identifier.Text} {(i == 0 ? "in" : "out")} + 1", "NN3003", node,
                        new(new TextSpan(arguments[i].Span.End, 0), " + 1"));
            if (name?.Identifier.Text is "NLLLoss" or "nll_loss") yield return ("cross-entropy for NLL", "NN1002", node,
                new(name.Span, name.Identifier.Text == "NLLLoss" ? "CrossEntropyLoss" : "cross_entropy"));
        }
        var returned = node switch { ReturnStatementSyntax r => r.Expression,
            ArrowExpressionClauseSyntax { Parent: MethodDeclarationSyntax } a => a.Expression, _ => null };
        if (returned is null or TupleExpressionSyntax
            || node.FirstAncestorOrSelf<MethodDeclarationSyntax>()?.Identifier.Text is not ("forward" or "Forward")) yield break;
        yield return ("ReLU around the output", "NN1001", returned, new(returned.Span, $"TorchSharp.torch.nn.functional.relu({returned})"));
        yield return ("softmax around the output", "NN1002", returned,
            new(returned.Span, $"TorchSharp.torch.nn.functional.softmax({returned}, 1)"));
    }
}
