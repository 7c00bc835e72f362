using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace NnAnalyzers.Reliability;

/// <summary>Changes that keep the code well formed, so that more of the mutants compile: nodes for other nodes of the kind.</summary>
internal static class SyntaxMutants
{
    private static readonly string[] Expressions = ["null", "default", "default!", "0", "-1", "int.MaxValue", "double.NaN", "true",
        "\"\"", "this",
        "throw new Exception()", "x => x", "() => { }", "new()", "[]", "(1, 2)", "new[] { 1, 2 }", "randn(8, 4)", "Linear(4, 4)", "ReLU()",
        "Sequential()", "torch.zeros(0)", "stackalloc int[2]", "await Task.FromResult(1)", "typeof(int)", "nameof(Linear)", "1 is int n "
            + "? n : 0",
        "args switch { _ => 1 }", "from i in new[] { 1 } select i", "(dynamic)1", "$\"{1}\"", "checked(1 + 1)", "base.ToString()", "1..^1"];

    private static readonly string[] Wrappings = ["if (Environment.TickCount > 0) { {0} }", "while (true) { {0} }", "for (;;) { {0} "
        + "break; }",
        "foreach (var wrapped in new[] { 1, 2 }) { {0} }", "try { {0} } finally { }", "try { } catch (Exception) { {0} throw; }",
        "lock (typeof(int)) { {0} }", "Action wrapped = () => { {0} };", "void Wrapped() { {0} }", "{ {0} }", "unchecked { {0} }",
        "unsafe { {0} }", "again: {0} goto again;", "switch (1) { case 1: {0} break; default: {0} goto case 1; }", "do { {0} } while "
            + "(false);",
        "using (no_grad()) { {0} }", "for (var wrapped = 0; wrapped < 3; wrapped++) { {0} }", "if (false) { {0} } else return;"];

    private static readonly string[] Modifiers = ["async", "static", "abstract", "unsafe", "override", "virtual", "readonly", "new",
        "extern",
        "partial", "required", "const", "volatile", "sealed", "public", "private"];

    public static readonly (string Name, Func<string, Random, string> Change)[] All =
    [
        ("expression for an expression", (c, r) => Change(c, r, Values, (node, all) => Pick(r, all))),
        ("another expression", (c, r) => Change(c, r, Values, (_, _) => SyntaxFactory.ParseExpression(Pick(r, Expressions)))),
        ("expression in a call", (c, r) => Change(c, r, Values, (node, _) => SyntaxFactory.ParseExpression(
            string.Format(Pick(r, ["functional.relu({0})", "({0}).reshape(-1)", "({0}).squeeze()", "cat(new[] {{ {0}, {0} }}, 1)", "({0})!",
                "(true ? {0} : {0})", "({0}).detach()", "({0}) + ({0})", "Sequential({0})"]), node)))),
        ("statement for a statement", (c, r) => Change(c, r, Of<StatementSyntax>, (node, all) => Pick(r, all))),
        ("statement deleted", (c, r) => Text(c, r, Of<StatementSyntax>, (_, _) => "")),
        ("statement doubled", (c, r) => Text(c, r, Of<StatementSyntax>, (node, _) => node.ToFullString() + node.ToFullString())),
        ("statement wrapped", (c, r) => Text(c, r, Of<StatementSyntax>, (node, _) =>
            Pick(r, Wrappings).Replace("{0}", node.ToFullString() + "\n", StringComparison.Ordinal))),
        ("statement after another", (c, r) => Text(c, r, Of<StatementSyntax>, (node, all) => node.ToFullString() + Pick(r,
            all).ToFullString())),
        ("member for a member", (c, r) => Change(c, r, Members, (node, all) => Pick(r, all))),
        ("member deleted", (c, r) => Text(c, r, Members, (_, _) => "")),
        ("member doubled", (c, r) => Text(c, r, Members, (node, _) => node.ToFullString() + node.ToFullString())),
        ("body for a body", (c, r) => Change(c, r, Of<BlockSyntax>, (node, all) => Pick(r, all))),
        ("type for a type", (c, r) => Change(c, r, Types, (node, all) => Pick(r, all).WithTriviaFrom(node))),
        ("base type its own", (c, r) => Text(c, r, Of<BaseTypeSyntax>, (node, _) =>
            node.FirstAncestorOrSelf<TypeDeclarationSyntax>()?.Identifier.Text ?? "object")),
        ("modifier", (c, r) => Text(c, r, Members, (node, _) => $" {Pick(r, Modifiers)} " + node)),
        ("argument deleted", (c, r) => Arguments(c, r, (list, at) => list.RemoveAt(at))),
        ("argument doubled", (c, r) => Arguments(c, r, (list, at) => list.Insert(at, list[at]))),
        ("arguments swapped", (c, r) => Arguments(c, r, (list, at) => (list[0], list[at]) = (list[at], list[0]))),
        ("argument named", (c, r) => Arguments(c, r, (list, at) => list[at] = Pick(r, ["input: ", "dim: ", "x: ", "ref ", "out var "])
            + list[at])),
        ("operator for an operator", (c, r) => Text(c, r, Of<BinaryExpressionSyntax>, (node, _) => $"{node.Left} "
            + Pick(r, ["+", "-", "*", "/", "%", "<<", ">>", "&&", "??", "==", "<", "|", "^", "is", "as"]) + $" {node.Right}")),
        ("call of another method", (c, r) => Names(c, r)),
    ];

    private static T Pick<T>(Random random, IReadOnlyList<T> from) => from[random.Next(from.Count)];

    private static IEnumerable<T> Of<T>(SyntaxNode root) where T : SyntaxNode => root.DescendantNodes().OfType<T>();

    /// <summary>Expressions where any other may stand.</summary>
    private static IEnumerable<ExpressionSyntax> Values(SyntaxNode root) => Of<ExpressionSyntax>(root).Where(e => e.Parent is ArgumentSyntax
        or EqualsValueClauseSyntax or ArrowExpressionClauseSyntax or ReturnStatementSyntax or ParenthesizedExpressionSyntax
        || e.Parent is AssignmentExpressionSyntax { Right: var right } && right == e || e.Parent is BinaryExpressionSyntax);

    private static IEnumerable<MemberDeclarationSyntax> Members(SyntaxNode root) =>
        Of<MemberDeclarationSyntax>(root).Where(m => m.Parent is TypeDeclarationSyntax);

    private static IEnumerable<TypeSyntax> Types(SyntaxNode root) => Of<TypeSyntax>(root).Where(t => t.Parent is VariableDeclarationSyntax
        or ParameterSyntax or MethodDeclarationSyntax or ObjectCreationExpressionSyntax or TypeArgumentListSyntax or CastExpressionSyntax);

    private static string Change<T>(string code, Random random, Func<SyntaxNode, IEnumerable<T>> among, Func<T, IReadOnlyList<T>,
        SyntaxNode> to)
        where T : SyntaxNode => Text(code, random, among, (node, all) => to(node, all).ToFullString());

    /// <summary>Replaces the text of one node, so that what comes out is parsed as a file is.</summary>
    private static string Text<T>(string code, Random random, Func<SyntaxNode, IEnumerable<T>> among, Func<T, IReadOnlyList<T>, string> to)
        where T : SyntaxNode
    {
        var all = among(CSharpSyntaxTree.ParseText(code, new CSharpParseOptions(LanguageVersion.Preview)).GetRoot()).ToList();
        if (all.Count == 0) return code;
        var node = Pick(random, all);
        return code.Remove(node.SpanStart, node.Span.Length).Insert(node.SpanStart, to(node, all));
    }

    private static string Arguments(string code, Random random, Action<List<string>, int> change) =>
        Text(code, random, root => Of<ArgumentListSyntax>(root).Where(a => a.Arguments.Count > 0), (node, _) =>
        {
            var list = node.Arguments.Select(a => a.ToString()).ToList();
            change(list, random.Next(list.Count));
            return $"({string.Join(", ", list)})";
        });

    private static string Names(string code, Random random) => Text(code, random,
        root => Of<InvocationExpressionSyntax>(root).Select(i => i.Expression is MemberAccessExpressionSyntax m ? m.Name : i.Expression)
            .OfType<SimpleNameSyntax>(), (_, all) => Pick(random, all).ToString());
}
