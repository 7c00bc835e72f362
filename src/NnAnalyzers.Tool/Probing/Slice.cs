using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Tool.Verify;

namespace NnAnalyzers.Tool.Probing;

/// <summary>
/// The code between a network and what goes backward, so that it can be run again:
/// <c>() => { var y = model.forward(x); return loss(y); }</c>.
/// </summary>
internal static class Slice
{
    /// <summary>A lambda that works out the loss again from what is at hand where it goes backward; null where that cannot be.</summary>
    /// <param name="loss">What goes backward.</param>
    /// <param name="isApplied">Whether a call applies a network.</param>
    public static string? Of(ExpressionSyntax loss, SemanticModel model, Wrapping wrapping,
        Func<InvocationExpressionSyntax, bool> isApplied)
    {
        var needed = LocalsIn(loss, model);
        var kept = new List<StatementSyntax>();
        for (SyntaxNode? at = loss.FirstAncestorOrSelf<StatementSyntax>(); at is not null; at = at.Parent)
        {
            foreach (var before in Before(at))
                if (Writes(before, model).Overlaps(needed) || ChangesOneOf(before, needed, model))
                {
                    kept.Insert(0, before);
                    needed.UnionWith(LocalsIn(before, model));
                }
            if (at is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax
                or AnonymousFunctionExpressionSyntax || at.Parent is ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax
                or CommonForEachStatementSyntax) break;
        }
        // What the network is given is at hand; where nothing is seen to apply it, a method of the project may.
        var first = kept.FindIndex(s => Calls(s).Any(isApplied));
        if (first < 0 && !Calls(loss).Any(isApplied))
            first = kept.FindIndex(s => Calls(s).Any(c => model.GetSymbolInfo(c).Symbol is { DeclaringSyntaxReferences.Length: > 0 }));
        kept = first < 0 ? [] : kept.Skip(first).ToList();
        if (kept.Concat<SyntaxNode>([loss]).SelectMany(s => s.DescendantNodesAndSelf()).Any(Leaves)) return null;

        // Variables of the program keep what they hold.
        var declared = kept.SelectMany(s => Declared(s, model)).ToHashSet(SymbolEqualityComparer.Default);
        var changed = kept.SelectMany(s => Writes(s, model)).Concat(Written(loss, model)).Where(v => !declared.Contains(v))
            .Select(v => v.Name).Distinct().ToList();
        var saved = string.Concat(changed.Select(n => $"var nn_{n} = {n}; "));
        var restored = string.Concat(changed.Select(n => $"{n} = nn_{n}; "));
        var statements = string.Join(" ", kept.Select(s => OneLine(wrapping.TextOf(s))));
        var run = $"{statements} return {OneLine(wrapping.TextOf(loss))};";
        return changed.Count == 0 ? $"() => {{ {run} }}" : $"() => {{ {saved}try {{ {run} }} finally {{ {restored}}} }}";
    }

    /// <summary>What ends or interrupts the method it stands in, which the lambda would not.</summary>
    private static bool Leaves(SyntaxNode node) => node is AwaitExpressionSyntax or YieldStatementSyntax or GotoStatementSyntax
        || node is ReturnStatementSyntax && node.FirstAncestorOrSelf<AnonymousFunctionExpressionSyntax>() is null;

    private static IEnumerable<InvocationExpressionSyntax> Calls(SyntaxNode node) =>
        node.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>();

    /// <summary>The statements before one in its block, the nearest first.</summary>
    private static IEnumerable<StatementSyntax> Before(SyntaxNode node) => (node.Parent switch
    {
        BlockSyntax block => block.Statements.AsEnumerable(),
        SwitchSectionSyntax section => section.Statements,
        GlobalStatementSyntax { Parent: CompilationUnitSyntax unit } =>
            unit.Members.OfType<GlobalStatementSyntax>().Select(g => g.Statement),
        _ => [],
    }).TakeWhile(s => s != node).Where(s => s is not LocalFunctionStatementSyntax).Reverse();

    private static HashSet<ISymbol> LocalsIn(SyntaxNode node, SemanticModel model) =>
        node.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Select(n => model.GetSymbolInfo(n).Symbol)
            .Where(s => s is ILocalSymbol or IParameterSymbol).ToHashSet(SymbolEqualityComparer.Default)!;

    private static IEnumerable<ISymbol> Declared(StatementSyntax statement, SemanticModel model) =>
        model.AnalyzeDataFlow(statement) is { Succeeded: true } flow ? flow.VariablesDeclared : [];

    private static HashSet<ISymbol> Writes(StatementSyntax statement, SemanticModel model) =>
        (model.AnalyzeDataFlow(statement) is { Succeeded: true } flow ? flow.WrittenInside.Where(v => v is ILocalSymbol or IParameterSymbol)
            : []).ToHashSet(SymbolEqualityComparer.Default);

    private static IEnumerable<ISymbol> Written(ExpressionSyntax expression, SemanticModel model) =>
        model.AnalyzeDataFlow(expression) is { Succeeded: true } flow ? flow.WrittenInside.Where(v => v is ILocalSymbol) : [];

    /// <summary>A call that changes what a variable holds: <c>x.add_(1)</c>, <c>outputs.Add(y)</c>.</summary>
    private static bool ChangesOneOf(StatementSyntax statement, HashSet<ISymbol> needed, SemanticModel model) =>
        statement is ExpressionStatementSyntax { Expression: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax
        {
            Expression: IdentifierNameSyntax on, Name.Identifier.ValueText: var name
        } } } && (name.EndsWith('_') || name.StartsWith("Add", StringComparison.Ordinal))
        && model.GetSymbolInfo(on).Symbol is { } variable && needed.Contains(variable);

    /// <summary>The code in one line, and nothing of it is disposed of at its end.</summary>
    private static string OneLine(string code)
    {
        var node = SyntaxFactory.ParseStatement(code) is var statement && !statement.ContainsDiagnostics ? statement
            : (SyntaxNode)SyntaxFactory.ParseExpression(code);
        node = node.ReplaceTokens(node.DescendantTokens(), (_, token) => token.WithoutTrivia());
        if (node is LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } held) node = held.WithUsingKeyword(default);
        return node.NormalizeWhitespace(indentation: "", eol: " ").ToFullString();
    }
}
