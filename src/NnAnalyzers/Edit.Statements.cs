using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;
using NnAnalyzers.Graph;
using NnAnalyzers.Torch;

namespace NnAnalyzers;

/// <summary>The words about whole statements: to add, move and delete them.</summary>
internal sealed partial record Edit
{
    /// <summary>Adds a statement on a line of its own behind another.</summary>
    public static IEnumerable<Edit>? InsertAfter(StatementSyntax statement, string code) =>
        EndOf(statement) is { } end
        ? [new(statement.SyntaxTree, end, NewLine(statement) + Indentation(statement) + Indent(code, statement))] : null;

    /// <summary>
    /// Adds a statement where the constructors of a module class have registered what it holds; null where none does so itself.
    /// </summary>
    public static IEnumerable<Edit>? AtEndOfConstructors(INamedTypeSymbol type, Func<SyntaxNode, string?> codeAt)
    {
        static bool Registers(SyntaxNode node) => node is InvocationExpressionSyntax { Expression: var callee }
            && callee.ToString() is Effects.RegisterAll or "this." + Effects.RegisterAll;
        var registering = type.DeclaringSyntaxReferences.Select(r => r.GetSyntax()).SelectMany(d => d.ChildNodes())
            .OfType<ConstructorDeclarationSyntax>().Where(c => c.DescendantNodes().Any(Registers)).ToList();
        return registering.Count == 0 ? null : All(registering.Select(c => codeAt(c) is not { } code ? null : c switch
        {
            { Body: { Statements: [.., var last] } body } when body.Statements.Any(s => s is ExpressionStatementSyntax { Expression: var e }
                && Registers(e)) && last is not ReturnStatementSyntax => InsertAfter(last, code),
            { ExpressionBody: { Expression: var only } body, SemicolonToken: var end } when Registers(only) =>
                [new(c.SyntaxTree, Opening(body), NewLine(c) + Indentation(c) + Indent("{\n    ", c)),
                    new(c.SyntaxTree, new TextSpan(end.Span.End, 0), Indent($"\n    {code.Replace("\n", "\n    ")}\n}}", c))],
            _ => (IEnumerable<Edit>?)null,
        }));

        // The arrow with the space around it, where that is nothing but space.
        static TextSpan Opening(ArrowExpressionClauseSyntax body) =>
            TextSpan.FromBounds(body.GetFirstToken().GetPreviousToken().Span.End, body.Expression.SpanStart) is var whole
            && body.SyntaxTree.GetText().ToString(whole).Trim() == "=>" ? whole : body.ArrowToken.Span;
    }

    /// <summary>Adds a statement before another: on a line of its own where that one has its own.</summary>
    public static IEnumerable<Edit>? InsertBefore(StatementSyntax statement, string code)
    {
        if (statement is LocalFunctionStatementSyntax or LocalDeclarationStatementSyntax { Parent: not (BlockSyntax or GlobalStatementSyntax
            or SwitchSectionSyntax) }) return null;
        if (statement.Parent is not (BlockSyntax or GlobalStatementSyntax or SwitchSectionSyntax))
            return Braced(statement, code, isFirst: true);
        return [new(statement.SyntaxTree, new TextSpan(statement.SpanStart, 0), Indent(code, statement) + Between(statement))];
    }

    /// <summary>
    /// Does something before an expression whose value nobody uses: a statement, or the whole body of a function; null elsewhere.
    /// </summary>
    public static IEnumerable<Edit>? Before(SyntaxNode expression, string code) =>
        expression.Parent is ExpressionStatementSyntax statement ? InsertBefore(statement, code)
        : Body(expression, $"{code} {expression};");

    /// <summary>
    /// Does something before some statements of a block and something after them; what the last one returns is returned after that. Null
    /// where control may leave on the way.
    /// </summary>
    public static IEnumerable<Edit>? Around(StatementSyntax first, StatementSyntax last, string before, string after)
    {
        if (BlockOf(first) is not { } block || block != BlockOf(last)) return null;
        var statements = block.ChildNodes().Select(n => n is GlobalStatementSyntax global ? global.Statement : n).OfType<StatementSyntax>()
            .Where(s => s.SpanStart >= first.SpanStart && s.Span.End <= last.Span.End).ToList();
        if (last is ReturnStatementSyntax { Expression: { } value } && first == last && !IsTaken(block, "result"))
            return [new(last.SyntaxTree, TextSpan.FromBounds(last.SpanStart, value.SpanStart), before + Between(last) + "var result = "),
                .. InsertAfter(last, after + "\nreturn result;") ?? []];
        return statements.SelectMany(s => s.DescendantNodesAndSelf()).Any(Leaves) ? null
            : All([InsertBefore(first, before), InsertAfter(last, after)]);

        bool Leaves(SyntaxNode node) => node is ReturnStatementSyntax or YieldStatementSyntax or GotoStatementSyntax
            || node is BreakStatementSyntax or ContinueStatementSyntax && !node.Ancestors().TakeWhile(a => a != block).Any(a =>
                a is ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax
                or SwitchSectionSyntax);
    }

    private static bool IsTaken(SyntaxNode scope, string name) => scope.DescendantTokens().Any(t => t.ValueText == name);

    /// <summary>Does something more at the end of a method or constructor; null where control may leave it before.</summary>
    public static IEnumerable<Edit>? LastIn(BaseMethodDeclarationSyntax method, string code)
    {
        if (method.ExpressionBody is { Expression: var only }) return only is ThrowExpressionSyntax ? null : Body(only, $"{only}; {code}");
        if (method.Body is not { } block || block.DescendantNodes(n => n is not (AnonymousFunctionExpressionSyntax
            or LocalFunctionStatementSyntax)).Any(n => n is ReturnStatementSyntax)) return null;
        if (block.Statements is not [.., var last])
            return block.ToString().All(c => c is '{' or '}' || char.IsWhiteSpace(c)) ? Replace(block, $"{{ {code} }}")
                : [new(block.SyntaxTree, new TextSpan(block.CloseBraceToken.SpanStart, 0),
                    $"    {code}{NewLine(block)}{Indentation(method)}")];
        var lines = Lines(block.SyntaxTree);
        return lines.GetLineFromPosition(last.Span.End).LineNumber == lines.GetLineFromPosition(block.CloseBraceToken.SpanStart).LineNumber
            ? [new(block.SyntaxTree, new TextSpan(last.Span.End, 0), $" {code}")] : InsertAfter(last, code);
    }

    /// <summary>What stands between a statement and one that is put in front of it.</summary>
    private static string Between(StatementSyntax statement)
    {
        var line = Lines(statement.SyntaxTree).GetLineFromPosition(statement.SpanStart);
        return line.Start + Indentation(statement).Length == statement.SpanStart ? NewLine(statement) + Indentation(statement) : " ";
    }

    /// <summary>Where something can be put behind a statement: the end of its line, unless something else follows on it.</summary>
    private static TextSpan? EndOf(StatementSyntax statement)
    {
        if (statement.Parent is not (BlockSyntax or GlobalStatementSyntax)) return null;
        var line = Lines(statement.SyntaxTree).GetLineFromPosition(statement.Span.End);
        var rest = statement.SyntaxTree.GetText().ToString(TextSpan.FromBounds(statement.Span.End, line.End)).Trim();
        return new TextSpan(rest.Length == 0 || rest.StartsWith("//", StringComparison.Ordinal) ? line.End : statement.Span.End, 0);
    }

    /// <summary>
    /// Keeps what a statement throws away until the block around it ends; null where nothing can be declared, or the language is too old.
    /// </summary>
    /// <param name="otherwise">The name where <c>_</c> means something else.</param>
    public static IEnumerable<Edit>? Keep(StatementSyntax statement, ExpressionSyntax value, string otherwise)
    {
        if (statement.Parent is not (BlockSyntax or GlobalStatementSyntax) || BlockOf(statement) is not { } block
            || statement.SyntaxTree.Options is not CSharpParseOptions { LanguageVersion: >= LanguageVersion.CSharp8 }) return null;
        var around = statement.FirstAncestorOrSelf<MemberDeclarationSyntax>(m => m is not GlobalStatementSyntax) ?? block;
        bool IsTaken(string name) => IsNameTaken(name, statement)
            || around.DescendantNodes().Any(n => n is VariableDeclaratorSyntax { Identifier.ValueText: var own } && own == name
                && BlockOf(n.FirstAncestorOrSelf<StatementSyntax>()!) is { } other && other.Span.Contains(statement.Span)
                || n is ParameterSyntax { Identifier.ValueText: var given } && given == name);
        var free = new[] { "_", otherwise }.FirstOrDefault(n => !IsTaken(n));
        return free is null ? null
            : [new(statement.SyntaxTree, TextSpan.FromBounds(statement.SpanStart, value.SpanStart), $"using var {free} = ")];
    }

    /// <summary>Opens a dispose scope at the start of each turn of a loop; null where the loop has no block.</summary>
    public static IEnumerable<Edit>? OpenScope(IOperation loop)
    {
        if (loop is not ILoopOperation { Body.Syntax: BlockSyntax { Statements: [var first, ..] }, SemanticModel: { } model }
            || Scope.Free(first, "scope", "turn") is not { } name) return null;
        bool Means(string word) => !model.LookupSymbols(first.SpanStart, name: word).IsEmpty;
        var torch = Means("NewDisposeScope") ? "" : Means("torch") ? "torch." : "TorchSharp.torch.";
        return InsertBefore(first, $"using var {name} = {torch}NewDisposeScope();");
    }

    /// <summary>Whether the block around a statement says a name further down.</summary>
    public static bool IsSaidBehind(StatementSyntax statement, string name) => BlockOf(statement) is { } block
        && block.DescendantTokens().Any(t => t.SpanStart > statement.Span.End && t.ValueText == name);

    /// <summary>Puts code in place of a statement.</summary>
    public static IEnumerable<Edit> Rewrite(StatementSyntax statement, string code) => Replace(statement, Indent(code, statement));

    /// <summary>The loop that does nothing but a statement; the statement itself where there is none.</summary>
    public static StatementSyntax Whole(StatementSyntax statement) =>
        (statement.Parent is BlockSyntax { Statements.Count: 1 } block ? block.Parent : statement.Parent) is ForEachStatementSyntax loop
        ? loop : statement;

    /// <summary>Deletes a statement with its line.</summary>
    public static IEnumerable<Edit>? Delete(StatementSyntax statement)
    {
        if (statement.Parent is not (BlockSyntax or GlobalStatementSyntax or SwitchSectionSyntax)) return Replace(statement, "{ }");
        return [new(statement.SyntaxTree, WholeLines(statement), "")];
    }

    /// <summary>Moves a statement to just behind another one of the same block, rewritten or with one more behind it if need be.</summary>
    public static IEnumerable<Edit>? Move(StatementSyntax statement, StatementSyntax behind, string? rewritten = null, string? also = null)
    {
        if (BlockOf(statement) is not { } block || block != BlockOf(behind) || EndOf(behind) is not { } end
            || Delete(statement) is not { } deletion) return null;
        var line = NewLine(statement) + Indentation(behind);
        // The text is moved as it stands: its further lines have their indentation already.
        return [.. deletion,
            new(statement.SyntaxTree, end, line + (rewritten ?? statement.ToString()) + (also is null ? "" : line + also))];
    }

    /// <summary>Deletes the statement in which something happens, where it does nothing else.</summary>
    public static IEnumerable<Edit>? Delete(Event happened) => happened.Statement is ExpressionStatementSyntax statement
        && statement.Expression == happened.Operation.Syntax ? Delete(statement) : null;

    /// <summary>Moves the statement in which something happens to just behind, or before, another's in the same block.</summary>
    public static IEnumerable<Edit>? MoveBehind(Event moved, Event behind) =>
        moved.Statement is ExpressionStatementSyntax statement && behind.Statement is { } place ? Move(statement, place) : null;

    public static IEnumerable<Edit>? MoveBefore(Event moved, Event before) =>
        moved.Statement is ExpressionStatementSyntax statement && before.Statement is { } place && BlockOf(statement) == BlockOf(place)
        && Delete(statement) is { } deletion && InsertBefore(place, statement.ToString()) is { } insertion
            ? [.. deletion, .. insertion] : null;

    /// <summary>Moves the declaration of what is made in a loop to before the loop; null where it uses what the loop declares.</summary>
    public static IEnumerable<Edit>? Hoist(Event creation, SyntaxNode loop)
    {
        if (creation.Declaration is not { } declared || loop is not StatementSyntax whole || !loop.Contains(declared)
            || whole.Parent is not (BlockSyntax or GlobalStatementSyntax) || Delete(declared) is not { } deletion) return null;
        var inside = NamesDeclaredIn(loop);
        var assigned = Reading.Assigned.In(loop);
        return declared.Declaration.Variables[0].Initializer!.DescendantNodes().OfType<IdentifierNameSyntax>()
            .Any(n => inside.Contains(n.Identifier.ValueText) || assigned.Contains(n.Identifier.ValueText))
            || IsNameTaken(declared.Declaration.Variables[0].Identifier.ValueText, whole) ? null
            : InsertBefore(whole, declared.ToString()) is { } insertion ? [.. deletion, .. insertion] : null;
    }

    /// <summary>The variables that code declares.</summary>
    private static HashSet<string> NamesDeclaredIn(SyntaxNode code) => new(code.DescendantNodes().Select(n => n switch
    {
        VariableDeclaratorSyntax v => v.Identifier.ValueText,
        SingleVariableDesignationSyntax v => v.Identifier.ValueText,
        ForEachStatementSyntax v => v.Identifier.ValueText,
        _ => "",
    }));

    /// <summary>Whether a name means something in the block around a statement, outside of it.</summary>
    private static bool IsNameTaken(string name, StatementSyntax statement) => BlockOf(statement)?.DescendantTokens()
        .Any(t => t.ValueText == name && !statement.Span.Contains(t.Span)) != false;

    /// <summary>
    /// Does something more after an expression whose value nobody uses: a statement, or the whole body of a function; null elsewhere.
    /// </summary>
    public static IEnumerable<Edit>? Then(SyntaxNode expression, string code) => expression.Parent switch
    {
        ExpressionStatementSyntax { Parent: BlockSyntax or GlobalStatementSyntax } statement => InsertAfter(statement, code),
        ExpressionStatementSyntax statement => Braced(statement, code),
        _ => Body(expression, $"{expression}; {code}"),
    };

    /// <summary>Statements in place of the expression that is the whole body of a lambda or method; null elsewhere.</summary>
    private static IEnumerable<Edit>? Body(SyntaxNode expression, string statements) => expression.Parent switch
    {
        LambdaExpressionSyntax => Replace(expression, $"{{ {statements} }}"),
        ArrowExpressionClauseSyntax { Parent: BaseMethodDeclarationSyntax { SemicolonToken: var end } } arrow =>
            [.. Replace(arrow, $"{{ {statements} }}"), new(arrow.SyntaxTree, end.Span, "")],
        _ => null,
    };

    /// <summary>Loads an optimizer's state, where there is a file of it, after the statement or call that comes before.</summary>
    public static IEnumerable<Edit>? Restore(SyntaxNode after, string optimizer, string file)
    {
        var code = $"if (System.IO.File.Exists({file})) {optimizer}.load_state_dict({file});";
        return after is StatementSyntax statement ? InsertAfter(statement, code) : Then(after, code);
    }

    /// <summary>A block of a statement that has none around it and one more; on lines of their own if the statement has one.</summary>
    private static IEnumerable<Edit> Braced(StatementSyntax statement, string code, bool isFirst = false)
    {
        var (outer, inner, line) = (Indentation(statement.Parent!), Indentation(statement), NewLine(statement));
        var start = Lines(statement.SyntaxTree).GetLineFromPosition(statement.SpanStart).Start;
        return start + inner.Length < statement.SpanStart || !inner.StartsWith(outer, StringComparison.Ordinal)
            ? Replace(statement, isFirst ? $"{{ {code} {statement} }}" : $"{{ {statement} {code} }}")
            : [new(statement.SyntaxTree, TextSpan.FromBounds(start, statement.SpanStart), $"{outer}{{{line}{inner}"
                + (isFirst ? code + line + inner : "")),
                new(statement.SyntaxTree, new TextSpan(statement.Span.End, 0),
                    (isFirst ? "" : $"{line}{inner}{code}") + $"{line}{outer}}}")];
    }

    /// <summary>Whether a name is used after one statement and before the end of another.</summary>
    public static bool IsUsedBetween(string name, StatementSyntax from, StatementSyntax to) =>
        BlockOf(from) is not { } block
        || block.DescendantNodes().OfType<IdentifierNameSyntax>()
        .Any(n => n.Identifier.Text == name && n.SpanStart > from.Span.End && n.SpanStart < to.Span.End);

    public static SyntaxNode? BlockOf(StatementSyntax statement) =>
        statement.Parent is GlobalStatementSyntax global ? global.Parent : statement.Parent;

    private static TextSpan WholeLines(StatementSyntax statement)
    {
        var lines = Lines(statement.SyntaxTree);
        var (first, last) = (lines.GetLineFromPosition(statement.SpanStart), lines.GetLineFromPosition(statement.Span.End));
        var text = statement.SyntaxTree.GetText();
        var aloneBefore = text.ToString(TextSpan.FromBounds(first.Start, statement.SpanStart)).All(char.IsWhiteSpace);
        var rest = text.ToString(TextSpan.FromBounds(statement.Span.End, last.End)).Trim();
        var aloneAfter = rest.Length == 0 || rest.StartsWith("//", StringComparison.Ordinal);
        return aloneBefore && aloneAfter ? TextSpan.FromBounds(first.Start, last.EndIncludingLineBreak) : statement.Span;
    }

    private static TextLineCollection Lines(SyntaxTree tree) => tree.GetText().Lines;

    private static string NewLine(SyntaxNode node)
    {
        var text = node.SyntaxTree.GetText();
        var line = text.Lines[0];
        return line.EndIncludingLineBreak > line.End ? text.ToString(TextSpan.FromBounds(line.End, line.EndIncludingLineBreak)) : "\n";
    }

    private static string Indentation(SyntaxNode node)
    {
        var text = node.SyntaxTree.GetText();
        var line = text.Lines.GetLineFromPosition(node.SpanStart).ToString();
        return line.Substring(0, line.Length - line.TrimStart().Length);
    }

    private static string Indent(string code, SyntaxNode like) => code.Replace("\n", NewLine(like) + Indentation(like));
}
