using System.Globalization;
using System.Text;
using DiffPlex;
using Microsoft.CodeAnalysis.Text;

namespace NnAnalyzers.Tool.Sources;

/// <summary>
/// A diff that <c>git apply</c> and <c>patch -p1</c> take: line endings, byte order marks and missing last newlines are content.
/// </summary>
internal static class UnifiedDiff
{
    private const int Context = 3;

    /// <param name="name">The file, seen from the folder that the diff is applied in, with slashes.</param>
    public static string Of(string name, SourceText old, SourceText fresh)
    {
        var diff = Differ.Instance.CreateDiffs(Whole(old), Whole(fresh), ignoreWhiteSpace: false, ignoreCase: false, new Lines());
        var (before, after) = (diff.PiecesOld, diff.PiecesNew);
        var text = new StringBuilder();
        // What lies closer together than the lines around it is one hunk.
        var hunks = new List<List<DiffPlex.Model.DiffBlock>>();
        foreach (var block in diff.DiffBlocks)
            if (hunks is [.., [.., var last]] && block.DeleteStartA - (last.DeleteStartA + last.DeleteCountA) <= 2 * Context)
                hunks[^1].Add(block);
            else hunks.Add([block]);
        foreach (var hunk in hunks)
        {
            var (first, end) = (hunk[0], hunk[^1]);
            var start = Math.Max(0, first.DeleteStartA - Context);
            var stop = Math.Min(before.Count, end.DeleteStartA + end.DeleteCountA + Context);
            var startAfter = first.InsertStartB - (first.DeleteStartA - start);
            var stopAfter = end.InsertStartB + end.InsertCountB + stop - (end.DeleteStartA + end.DeleteCountA);
            if (text.Length == 0)
                text.Append("--- ").Append(Quoted("a/" + name)).Append("\n+++ ").Append(Quoted("b/" + name)).Append('\n');
            text.Append("@@ -").Append(Range(start, stop - start)).Append(" +").Append(Range(startAfter, stopAfter - startAfter))
                .Append(" @@\n");
            var at = start;
            foreach (var block in hunk)
            {
                Add(' ', before, at, block.DeleteStartA);
                Add('-', before, block.DeleteStartA, block.DeleteStartA + block.DeleteCountA);
                Add('+', after, block.InsertStartB, block.InsertStartB + block.InsertCountB);
                at = block.DeleteStartA + block.DeleteCountA;
            }
            Add(' ', before, at, stop);
        }
        return text.ToString();

        void Add(char mark, IReadOnlyList<string> lines, int from, int to)
        {
            for (var i = from; i < to; i++)
            {
                text.Append(mark).Append(lines[i]);
                if (!lines[i].EndsWith('\n')) text.Append("\n\\ No newline at end of file\n");
            }
        }
    }

    /// <summary>A file of UTF-8 may begin with its mark, which the text does not hold and the first line in git does.</summary>
    private static string Whole(SourceText text) => (text.Encoding is UTF8Encoding { Preamble.Length: > 0 } ? "\uFEFF" : "") + text;

    private static string Range(int start, int count) =>
        string.Create(CultureInfo.InvariantCulture, $"{(count == 0 ? start : start + 1)},{count}");

    /// <summary>As git writes names: what would end the name or its line is escaped, and a tab ends one that holds spaces.</summary>
    private static string Quoted(string name)
    {
        if (!name.Any(c => c is '"' or '\\' || char.IsControl(c))) return name.Contains(' ', StringComparison.Ordinal) ? name + "\t" : name;
        return "\"" + string.Concat(name.Select(c => c switch
        {
            '"' => "\\\"", '\\' => "\\\\", '\n' => "\\n", '\t' => "\\t", '\r' => "\\r",
            < ' ' or '\x7f' => "\\" + Convert.ToString(c, 8).PadLeft(3, '0'),
            _ => c.ToString(),
        })) + "\"";
    }

    /// <summary>Lines with what ends them; to git only a line feed does.</summary>
    private sealed class Lines : IChunker
    {
        public IReadOnlyList<string> Chunk(string text)
        {
            var lines = new List<string>();
            for (var start = 0; start < text.Length;)
            {
                var end = text.IndexOf('\n', start) is var found && found < 0 ? text.Length : found + 1;
                lines.Add(text[start..end]);
                start = end;
            }
            return lines;
        }
    }
}
