using System.Text.RegularExpressions;

namespace NnAnalyzers.Tool.Formats;

/// <summary>The page of a rule, as it is in docs/rules.</summary>
/// <param name="Text">The page, in Markdown, without what is said about its making.</param>
/// <param name="Finds">What the rule finds, as plain text.</param>
internal sealed partial record RulePage(string Text, string Finds)
{
    public static RulePage Of(Rule rule)
    {
        using var stream = typeof(RulePage).Assembly.GetManifestResourceStream($"docs/{rule.Id}.md")
            ?? throw new ToolException($"{rule.Id} has no page");
        var text = Comments().Replace(new StreamReader(stream).ReadToEnd().Replace("\r", "", StringComparison.Ordinal), "");
        var finds = text.Split("\n## ").FirstOrDefault(s => s.StartsWith("What it finds", StringComparison.Ordinal)) ?? "";
        return new(text.Trim() + "\n", string.Join(' ', finds.Split('\n').Skip(1).Select(l => l.Trim()).Where(l => l.Length > 0))
            is { Length: > 0 } said ? said : rule.Descriptor.Title + ".");
    }

    /// <summary>The code of the page under a heading's fence: "flagged" or "fixed".</summary>
    public string? Code(string kind) =>
        Fences().Matches(Text).FirstOrDefault(m => m.Groups[1].Value.Split(' ').Contains(kind))?.Groups[2].Value;

    [GeneratedRegex("<!--.*?-->\n?", RegexOptions.Singleline)]
    private static partial Regex Comments();

    [GeneratedRegex("```csharp ([^\n]*)\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fences();
}
