using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.CodeAnalysis;

namespace NnAnalyzers.Tool.Formats;

/// <summary>Findings as one JSON array; lines and columns count from 1, an end column is behind its last character.</summary>
internal static class JsonFormat
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Write(IReadOnlyList<Entry> entries, string root, TextWriter writer) =>
        writer.WriteLine(JsonSerializer.Serialize(entries.Select(e => new
        {
            e.Rule, Severity = e.Severity.ToString().ToLowerInvariant(), e.Title, e.Message, Place = Placed(e.Place, root),
            Related = e.Related.Select(r => new { r.What, Place = Placed(r.Place, root) }), Fix = e.FixTitle, e.Help,
        }), Json));

    private static object Placed(Location place, string root)
    {
        var span = place.GetLineSpan();
        return new
        {
            File = Entry.Relative(span.Path, root), Line = span.StartLinePosition.Line + 1,
            Column = span.StartLinePosition.Character + 1, EndLine = span.EndLinePosition.Line + 1,
            EndColumn = span.EndLinePosition.Character + 1,
        };
    }
}
