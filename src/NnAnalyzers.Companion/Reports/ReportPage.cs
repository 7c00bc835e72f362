using System.Net;

namespace NnAnalyzers.Companion;

/// <summary>
/// What all reports share: head, look, script and the words of the filter. One file each, nothing from elsewhere. The same files
/// are compiled into <c>nn</c>.
/// </summary>
internal static class ReportPage
{
    /// <summary>Everything up to the body.</summary>
    public static string Head(string title) => $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{WebUtility.HtmlEncode(title)}</title>
        <style>
        {Resource("ReportPage.css")}</style>
        </head>

        """;

    /// <summary>
    /// Choices among what has <c>data-rule</c> and <c>data-verdict</c>; the script fills and shows it, so that nobody meets a dead one.
    /// </summary>
    public const string Filter = """
        <form id="filter" hidden>
        <div><label for="rule">Rule</label> <select id="rule" name="rule"><option value="">all</option></select></div>
        <div><label for="verdict">Verdict</label> <select id="verdict" name="verdict"><option value="">all</option></select></div>
        <output></output>
        </form>
        """;

    public static string Script => $"<script>\n{Resource("ReportPage.js")}</script>\n";

    /// <summary>How many of each verdict, as one bar; what is none is left out.</summary>
    /// <param name="parts">Class (good, open, bad or none), name and number.</param>
    public static string Bar(params (string Class, string Name, int Count)[] parts) => $"<div class=\"bar\" role=\"img\" aria-label=\""
        + WebUtility.HtmlEncode(string.Join(", ", parts.Select(p => $"{p.Name} {p.Count}"))) + "\">"
        + string.Concat(parts.Where(p => p.Count > 0).Select(p => $"<span class=\"{p.Class}\" style=\"flex-grow: {p.Count}\"></span>"))
        + "</div>";

    private static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(ReportPage).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
