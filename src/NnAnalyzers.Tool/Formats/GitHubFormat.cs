namespace NnAnalyzers.Tool.Formats;

/// <summary>Workflow commands of GitHub Actions: each finding is shown at its line of a pull request.</summary>
internal static class GitHubFormat
{
    public static void Write(IReadOnlyList<Entry> entries, string root, TextWriter writer)
    {
        foreach (var e in entries)
        {
            var span = e.Span;
            writer.WriteLine($"::{(e.Level == "note" ? "notice" : e.Level)} file={Property(e.File(root))},"
                + $"line={span.StartLinePosition.Line + 1},endLine={span.EndLinePosition.Line + 1},"
                + $"col={span.StartLinePosition.Character + 1},endColumn={span.EndLinePosition.Character + 1},"
                + $"title={Property($"{e.Rule}: {e.Title}")}::{Data(e.Message)}");
        }
    }

    private static string Data(string text) => text.Replace("%", "%25", StringComparison.Ordinal)
        .Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) => Data(text).Replace(":", "%3A", StringComparison.Ordinal)
        .Replace(",", "%2C", StringComparison.Ordinal);
}
