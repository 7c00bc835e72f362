using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Graph;

namespace NnAnalyzers.Reading;

/// <summary>
/// What reading may cost. Whatever can multiply has a bound, so that nothing a user writes takes more than the code is long; what meets one
/// is Unknown("too large").
/// </summary>
internal sealed class Budget(long codeLength)
{
    /// <summary>Operations of one reading; real code takes up to some ten thousand.</summary>
    public const int Reading = 60_000;

    /// <summary>Elements of a list, with those of lists inside; characters of a text.</summary>
    public const int Elements = Items.MaxWeight, Text = 4096;

    /// <summary>Loops in loops, through calls. Real code stays below half of it.</summary>
    public const int Loops = 16;

    /// <summary>Deeper code is not asked about: the compiler itself answers by recursion.</summary>
    private const int Nesting = 400;

    /// <summary>Code that is shorter cannot be nested that deep.</summary>
    private const int ShortCode = 2 * Nesting;

    /// <summary>Real code takes a third of an operation a character.</summary>
    private readonly long _all = 300_000 + 2 * codeLength;
    private readonly ConditionalWeakTable<SyntaxNode, object> _tooNested = new();

    /// <summary>What all readings of a compilation took.</summary>
    public long Operations { get; private set; }

    /// <summary>How often something met a bound.</summary>
    public int Met { get; private set; }

    /// <summary>Takes one operation; false if there is none left.</summary>
    public bool Spend() => ++Operations <= _all;

    /// <summary>Something met a bound.</summary>
    public bool Exceed() => ++Met > 0;

    /// <summary>Whether the compiler can be asked about this code without overflowing its stack.</summary>
    public bool IsTooNested(SyntaxNode code) => code.Span.Length > ShortCode && (bool)_tooNested.GetValue(code, c => DepthOf(c) > Nesting);

    private static int DepthOf(SyntaxNode code)
    {
        var open = new Stack<(SyntaxNode Node, int Depth)>();
        open.Push((code, 0));
        var deepest = 0;
        while (open.Count > 0)
        {
            var (node, depth) = open.Pop();
            deepest = Math.Max(deepest, depth);
            if (depth > Nesting) break;
            foreach (var child in node.ChildNodes())
                // Chains of operators and of else-ifs are walked in loops.
                open.Push((child,
                    child is BinaryExpressionSyntax && node is BinaryExpressionSyntax || child is ElseClauseSyntax
                    || node is ElseClauseSyntax ? depth : depth + 1));
        }
        return deepest;
    }
}
