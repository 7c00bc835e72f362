using System.Text.Json;
using Microsoft.CodeAnalysis;
using NnAnalyzers.Runner;

namespace NnAnalyzers.Tool.Sources;

/// <summary>
/// The findings a project had when it began to use the rules. A finding is known by its rule,
/// its file and the text of its line, so that it stays known when lines above it come and go.
/// </summary>
internal sealed class Baseline
{
    private sealed record Entry(string? Rule, string? File, string? Line, int Count);

    private sealed record Document(int Version, IReadOnlyList<Entry> Findings);

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly string _folder;
    private readonly Dictionary<(string Rule, string File, string Line), int> _left;
    private readonly IReadOnlyList<Entry> _all;

    private Baseline(string folder, IEnumerable<Entry> entries)
    {
        _folder = folder;
        _left = entries.GroupBy(KeyOf).ToDictionary(g => g.Key, g => g.Sum(e => e.Count));
        _all = _left.Select(e => new Entry(e.Key.Rule, e.Key.File, e.Key.Line, e.Value)).ToList();
    }

    private static (string Rule, string File, string Line) KeyOf(Entry entry) => (entry.Rule!, entry.File!, entry.Line!);

    /// <exception cref="ToolException">The file is missing or no baseline.</exception>
    public static Baseline Load(string path)
    {
        if (path.Length > 0 && !FileKind.Of(path).Exists)
            throw new ToolException($"{path}: no such baseline: make one with nn check --write-baseline {path}");
        try
        {
            if (JsonSerializer.Deserialize<Document>(InputFile.Read(path), Json) is not { Version: 1, Findings: { } findings })
                throw new JsonException("no baseline of version 1");
            foreach (var (entry, i) in findings.Select((e, i) => (e, i)))
                if (entry is not { Rule.Length: > 0, File: not null, Line: not null, Count: > 0 })
                    throw new JsonException($"findings[{i}] needs a rule, a file, a line and a count above 0");
            return new(Folder(path), findings);
        }
        catch (JsonException error)
        {
            throw new ToolException($"{path}: no baseline: {error.Message.Split('\n')[0]}", error);
        }
    }

    public static void Write(string path, IEnumerable<Diagnostic> findings)
    {
        var folder = Folder(path);
        Write(path, findings.GroupBy(f => Key(f, folder)).Select(g => new Entry(g.Key.Rule, g.Key.File, g.Key.Line, g.Count())));
    }

    private static void Write(string path, IEnumerable<Entry> all)
    {
        var entries = all.OrderBy(e => e.File, StringComparer.Ordinal).ThenBy(e => e.Rule, StringComparer.Ordinal)
            .ThenBy(e => e.Line, StringComparer.Ordinal).ToList();
        OutputFile.Write(path, JsonSerializer.Serialize(new Document(1, entries), Json) + "\n");
    }

    /// <summary>Whether a finding was there before; each is used up once.</summary>
    public bool Knows(Diagnostic finding)
    {
        var key = Key(finding, _folder);
        if (_left.GetValueOrDefault(key) == 0) return false;
        _left[key]--;
        return true;
    }

    /// <summary>Findings of the baseline that are no more.</summary>
    public int Gone => _left.Values.Sum();

    /// <summary>Writes it without those that are no more.</summary>
    public void Prune(string path) => Write(path, _all.Select(e => e with { Count = e.Count - _left.GetValueOrDefault(KeyOf(e)) })
        .Where(e => e.Count > 0));

    private static string Folder(string path) => Path.GetDirectoryName(Path.GetFullPath(path))!;

    private static (string Rule, string File, string Line) Key(Diagnostic finding, string folder)
    {
        var text = finding.Location.SourceTree!.GetText();
        var path = finding.Location.SourceTree.FilePath;
        return (finding.Id, Path.GetRelativePath(folder, Script.Of(path)?.FilePath ?? path).Replace('\\', '/'),
            text.Lines.GetLineFromPosition(finding.Location.SourceSpan.Start).ToString().Trim());
    }
}
