namespace NnAnalyzers.Tool.Formats;

/// <summary>Findings as a table, for a summary page or a comment.</summary>
internal static class MarkdownFormat
{
    public static void Write(IReadOnlyList<Entry> entries, string root, TextWriter writer)
    {
        if (entries.Count == 0)
        {
            writer.WriteLine("No findings.");
            return;
        }
        writer.WriteLine("| rule | where | what | fix |");
        writer.WriteLine("|---|---|---|---|");
        foreach (var e in entries)
            writer.WriteLine($"| [{e.Rule}]({e.Help}) ({e.Level}) | {Cell($"{e.File(root)}:{e.Span.StartLinePosition.Line + 1}")} "
                + $"| {Cell(e.Message)} | {Cell(e.FixTitle ?? "–")} |");
    }

    private static string Cell(string text) => string.Concat(text.Replace("\r", "").Replace('\n', ' ')
        .Select(c => c is '|' or '\\' or '`' or '*' or '_' or '[' or ']' or '<' ? $"\\{c}" : c.ToString()));
}
