using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace NnAnalyzers.Reliability;

/// <summary>Changes to text that know lines, tokens and numbers, and nothing of what they mean.</summary>
internal static class TextMutants
{
    private static readonly string[] Junk = ["@#", "\0", "\\u12", "\"", "\"\"\"", "$\"{", "'", "/*", "*/", "//", "#if", "#else",
        "#endif", "#region",
        "<<<<<<<", "??=", "=>", "::", "..", "?.", "!", "\u200b", "\ud800", "é", "模型", "await ", "yield return ", "goto ", "stackalloc ",
        "default", "null", "this", "base", "ref ", "out ", "in ", "unsafe ", "async ", "static ", "partial ", "class ", "=> throw",
            "[]", "()",
        "is not ", "switch ", "with ", "where T : ", "<T>", "checked(", "sizeof(", "typeof(", "nameof(", "new()", "x => x", ";", ","];

    private static readonly string[] Numbers = ["2147483647", "-2147483648", "9223372036854775807", "99999999999999999999", "0", "-1", "1",
        "4294967296", "1e308", "1e-308", "1e999", "double.NaN", "double.PositiveInfinity", "0x7fffffff", "0b1", "1_000_000_000", "0.1f",
        "79228162514264337593543950335m", "int.MinValue", "(1 << 31)", "(1 / 0)", "int.MaxValue * 2", "'a'", "default",
            "(int)long.MaxValue"];

    public static readonly (string Name, Func<string, Random, string> Change)[] All =
    [
        ("line deleted", (c, r) => Lines(c, r, (lines, at) => lines.RemoveAt(at))),
        ("line doubled", (c, r) => Lines(c, r, (lines, at) => lines.Insert(at, lines[at]))),
        ("lines swapped", (c, r) => Lines(c, r, (lines, at) =>
        {
            var other = r.Next(lines.Count);
            (lines[at], lines[other]) = (lines[other], lines[at]);
        })),
        ("lines doubled a hundred times", (c, r) => Lines(c, r, (lines, at) => lines.InsertRange(at, Enumerable.Repeat(lines[at], 100)))),
        ("line moved", (c, r) => Lines(c, r, (lines, at) =>
        {
            var line = lines[at];
            lines.RemoveAt(at);
            lines.Insert(r.Next(lines.Count + 1), line);
        })),
        ("cut off", (c, r) => c[..r.Next(c.Length + 1)]),
        ("beginning cut off", (c, r) => c[r.Next(c.Length + 1)..]),
        ("piece cut out", (c, r) => r.Next(c.Length) is var at ? c.Remove(at, r.Next(Math.Min(200, c.Length - at))) : c),
        ("piece doubled", (c, r) => r.Next(c.Length) is var at
            ? c.Insert(r.Next(c.Length), c.Substring(at, r.Next(Math.Min(400, c.Length - at)))) : c),
        ("token deleted", (c, r) => Token(c, r, _ => true, (_, _) => "")),
        ("token doubled", (c, r) => Token(c, r, _ => true, (t, _) => $"{t} {t}")),
        ("tokens swapped", (c, r) => Swap(c, r, _ => true)),
        ("names swapped", (c, r) => Swap(c, r, t => t.IsKind(SyntaxKind.IdentifierToken))),
        ("token for a token", (c, r) => Token(c, r, _ => true, (_, all) => all[r.Next(all.Count)].Text)),
        ("name for a name", (c, r) => Token(c, r, t => t.IsKind(SyntaxKind.IdentifierToken), (_, all) => all[r.Next(all.Count)].Text)),
        ("junk", (c, r) => c.Insert(r.Next(c.Length + 1), Junk[r.Next(Junk.Length)])),
        ("brace too many", (c, r) => c.Insert(r.Next(c.Length + 1), "{}()[]<>"[r.Next(8)].ToString())),
        ("brace too few", (c, r) => Token(c, r, t => "{}()[]<>".Contains(t.Text, StringComparison.Ordinal), (_, _) => "")),
        ("number for a number", (c, r) => Token(c, r, t => t.IsKind(SyntaxKind.NumericLiteralToken), (_,
            _) => Numbers[r.Next(Numbers.Length)])),
        ("every number another", (c, r) => Tokens(c).Where(t => t.IsKind(SyntaxKind.NumericLiteralToken)).Reverse()
            .Aggregate(c, (text, t) => text.Remove(t.SpanStart, t.Span.Length).Insert(t.SpanStart, Numbers[r.Next(Numbers.Length)]))),
        ("letter for a letter", (c, r) => c.Length == 0 ? c : r.Next(c.Length) is var at
            ? c.Remove(at, 1).Insert(at, ((char)r.Next(32, 0x250)).ToString()) : c),
        ("line endings mixed", (c, r) => string.Concat(c.Split('\n').Select(l => l.TrimEnd('\r')
            + (r.Next(4) switch { 0 => "\r\n", 1 => "\r", 2 => "\u2028", _ => "\n" })))),
        ("twice the file", (c, _) => c + "\n" + c),
        ("all on one line", (c, _) => c.ReplaceLineEndings(" ")),
    ];

    private static string Lines(string code, Random random, Action<List<string>, int> change)
    {
        var lines = code.Split('\n').ToList();
        change(lines, random.Next(lines.Count));
        return string.Join('\n', lines);
    }

    private static List<SyntaxToken> Tokens(string code) => CSharpSyntaxTree.ParseText(code,
        new CSharpParseOptions(LanguageVersion.Preview)).GetRoot().DescendantTokens().Where(t => t.Span.Length > 0).ToList();

    private static string Token(string code, Random random, Func<SyntaxToken, bool> wanted,
        Func<SyntaxToken, List<SyntaxToken>, string> replacement)
    {
        var tokens = Tokens(code).Where(wanted).ToList();
        if (tokens.Count == 0) return code;
        var token = tokens[random.Next(tokens.Count)];
        return code.Remove(token.SpanStart, token.Span.Length).Insert(token.SpanStart, replacement(token, tokens));
    }

    private static string Swap(string code, Random random, Func<SyntaxToken, bool> wanted)
    {
        var tokens = Tokens(code).Where(wanted).ToList();
        if (tokens.Count < 2) return code;
        var (a, b) = (tokens[random.Next(tokens.Count)], tokens[random.Next(tokens.Count)]);
        if (a.SpanStart > b.SpanStart) (a, b) = (b, a);
        return a == b ? code : code[..a.SpanStart] + b.Text + code[a.Span.End..b.SpanStart] + a.Text + code[b.Span.End..];
    }
}
