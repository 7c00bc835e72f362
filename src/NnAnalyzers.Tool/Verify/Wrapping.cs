using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace NnAnalyzers.Tool.Verify;

/// <summary>What is put around expressions of a program, of which one may be inside another. Lines stay where they are.</summary>
internal sealed class Wrapping
{
    private readonly List<(ExpressionSyntax Expression, string Before, string After)> _all = [];

    /// <summary>Puts text around an expression; with nothing before it, what comes after stands before its last character.</summary>
    public void Add(ExpressionSyntax expression, string before, string after) => _all.Add((expression, before, after));

    /// <summary>A part of the code with what is put into it so far.</summary>
    public string TextOf(SyntaxNode node)
    {
        var text = node.SyntaxTree.GetText();
        var inside = Changes(_all.Where(w => w.Expression.SyntaxTree == node.SyntaxTree && node.Span.Contains(w.Expression.Span)));
        return text.GetSubText(node.Span).WithChanges(inside.Select(c =>
            new TextChange(new(c.Span.Start - node.SpanStart, 0), c.NewText!))).ToString();
    }

    public Compilation Apply(Compilation compilation)
    {
        foreach (var file in _all.GroupBy(w => w.Expression.SyntaxTree))
            compilation = compilation.ReplaceSyntaxTree(file.Key, file.Key.WithChangedText(file.Key.GetText().WithChanges(Changes(file))));
        return compilation;
    }

    private static IEnumerable<TextChange> Changes(IEnumerable<(ExpressionSyntax Expression, string Before, string After)> wraps)
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
        return insertions.Select(i => new TextChange(new(i.Key, 0), i.Value.Ends + i.Value.Starts));
    }
}
