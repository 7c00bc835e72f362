using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using NnAnalyzers.Tool.Sources;

namespace NnAnalyzers.Tool.Formats;

/// <summary>
/// Findings as SARIF 2.1.0 (OASIS), fixes included, for code scanning and editors. Microsoft's validator has nothing to say against it, by
/// SARIF's rules and by GitHub's.
/// </summary>
internal static class Sarif
{
    private static readonly JsonSerializerOptions Json = new()
        { WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static void Write(IReadOnlyList<Entry> entries, string root, TextWriter writer)
    {
        var rules = entries.Select(e => e.Rule).Distinct().Select(RuleCatalog.Find).OfType<Rule>()
            .OrderBy(r => r.Id, StringComparer.Ordinal).ToList();
        var seen = new Dictionary<string, int>();
        var log = new Dictionary<string, object?>
        {
            ["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json",
            ["version"] = "2.1.0",
            ["runs"] = new object[]
            {
                new
                {
                    tool = new
                    {
                        driver = new
                        {
                            name = "NnAnalyzers",
                            version = typeof(Sarif).Assembly.GetName().Version!.ToString(3),
                            informationUri = Rule.Home,
                            rules = rules.Select(Described),
                        },
                    },
                    columnKind = "utf16CodeUnits",
                    results = entries.Select(e => new
                    {
                        ruleId = e.Rule,
                        ruleIndex = rules.FindIndex(r => r.Id == e.Rule) is >= 0 and var at ? at : (int?)null,
                        level = e.Level,
                        message = new { text = e.Message },
                        locations = new[] { new { physicalLocation = Physical(e.Place, root) } },
                        relatedLocations = e.Related.Count == 0 ? null : e.Related.Select((r, i) => new
                            { id = i + 1, message = new { text = r.What }, physicalLocation = Physical(r.Place, root) }),
                        partialFingerprints = new Dictionary<string, string> { ["nnFinding/v1"] = Fingerprint(e, root, seen) },
                        fixes = Fixes(e.Finding, root),
                    }),
                },
            },
        };
        writer.WriteLine(JsonSerializer.Serialize(log, Json));
    }

    private static object Described(Rule rule)
    {
        var page = RulePage.Of(rule);
        return new
        {
            id = rule.Id,
            name = rule.GetType().Name.Split('_')[^1],
            shortDescription = new { text = rule.Descriptor.Title.ToString() + "." },
            fullDescription = new { text = page.Finds },
            help = new { text = page.Text, markdown = page.Text },
            helpUri = rule.Descriptor.HelpLinkUri,
            defaultConfiguration = new { level = rule.Descriptor.DefaultSeverity switch
                { DiagnosticSeverity.Error => "error", DiagnosticSeverity.Warning => "warning", _ => "note" } },
            properties = new { category = rule.Descriptor.Category, tags = new[] { "neural-networks" } },
        };
    }

    /// <summary>
    /// The same for a finding whose line has moved: its rule, file and line without blanks; of several such the first, the second ..
    /// </summary>
    private static string Fingerprint(Entry entry, string root, Dictionary<string, int> seen)
    {
        var line = entry.Place.SourceTree?.GetText() is { } text
            ? text.Lines.GetLineFromPosition(entry.Place.SourceSpan.Start).ToString() : "";
        var key = $"{entry.Rule}\n{entry.File(root)}\n{string.Concat(line.Where(c => !char.IsWhiteSpace(c)))}";
        seen[key] = seen.GetValueOrDefault(key) + 1;
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..16] + ":" + seen[key];
    }

    private static object[]? Fixes(Diagnostic? finding, string root) =>
        finding is null || !finding.Properties.TryGetValue(FixProperties.Title, out var title)
            || finding.Location.SourceTree is not { } tree ? null :
        [
            new
            {
                description = new { text = title },
                artifactChanges = FixProperties.Read(finding.Properties).GroupBy(e => e.Path).Select(file => new
                {
                    artifactLocation = new { uri = Uri(file.Key, root) },
                    replacements = file.Select(e => new { deletedRegion = Region(TextOf(file.Key, tree).Lines.GetLinePositionSpan(e.Span),
                        e.Old), insertedContent = new { text = e.Text } }),
                }),
            },
        ];

    /// <summary>A fix may change other files than the one it was found in.</summary>
    private static SourceText TextOf(string path, SyntaxTree found) =>
        path == found.FilePath ? found.GetText() : InputFile.ReadSource(path);

    private static object Physical(Location place, string root)
    {
        var span = place.GetLineSpan();
        var text = place.SourceTree?.GetText();
        return new
        {
            artifactLocation = new { uri = Uri(span.Path, root) },
            region = Region(span.Span, text?.ToString(place.SourceSpan)),
        };
    }

    /// <param name="text">What stands there; whoever applies a fix can see whether it still does.</param>
    private static object Region(LinePositionSpan span, string? text) => new
    {
        startLine = span.Start.Line + 1, startColumn = span.Start.Character + 1, endLine = span.End.Line + 1,
        endColumn = span.End.Character + 1, snippet = text is null ? null : new { text },
    };

    private static string Uri(string path, string root) =>
        string.Join('/', Path.GetRelativePath(root, path).Replace('\\', '/').Split('/').Select(System.Uri.EscapeDataString));
}
