using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using NnAnalyzers.Runner;

namespace NnAnalyzers.Tool.Sources;

/// <summary>Findings as SARIF 2.1.0 (OASIS), fixes included, for code scanning and editors.</summary>
internal static class Sarif
{
    private static readonly JsonSerializerOptions Json = new()
        { WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static void Write(string path, IEnumerable<Diagnostic> findings, string root)
    {
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
                            rules = RuleCatalog.All.OrderBy(r => r.Id, StringComparer.Ordinal).Select(r => new
                            {
                                id = r.Id,
                                shortDescription = new { text = r.Descriptor.Title.ToString() },
                                helpUri = r.Descriptor.HelpLinkUri,
                                defaultConfiguration = new { level = Level(r.Descriptor.DefaultSeverity) },
                                properties = new { category = r.Descriptor.Category },
                            }),
                        },
                    },
                    columnKind = "utf16CodeUnits",
                    results = findings.Select(f => new
                    {
                        ruleId = f.Id,
                        level = Level(f.Severity),
                        message = new { text = f.GetMessage() },
                        locations = new[] { new { physicalLocation = Physical(f.Location.GetLineSpan().Path,
                            f.Location.GetLineSpan().Span, root) } },
                        fixes = Fixes(f, root),
                    }),
                },
            },
        };
        try
        {
            AtomicFile.Write(path, JsonSerializer.Serialize(log, Json));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"{path}: cannot be written: {error.Message}", error);
        }
    }

    private static string Level(DiagnosticSeverity severity) => severity switch
    {
        DiagnosticSeverity.Error => "error",
        DiagnosticSeverity.Warning => "warning",
        _ => "note",
    };

    private static object[]? Fixes(Diagnostic finding, string root) =>
        !finding.Properties.TryGetValue(FixProperties.Title, out var title) || finding.Location.SourceTree is not { } tree ? null :
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

    private static object Physical(string path, LinePositionSpan span, string root) =>
        new { artifactLocation = new { uri = Uri(path, root) }, region = Region(span) };

    /// <param name="text">What stands there; whoever applies a fix can see whether it still does.</param>
    private static object Region(LinePositionSpan span, string? text = null) => new
    {
        startLine = span.Start.Line + 1, startColumn = span.Start.Character + 1, endLine = span.End.Line + 1,
        endColumn = span.End.Character + 1, snippet = text is null ? null : new { text },
    };

    private static string Uri(string path, string root) =>
        string.Join('/', Path.GetRelativePath(root, path).Replace('\\', '/').Split('/').Select(System.Uri.EscapeDataString));
}
