using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace NnAnalyzers.Tool.Sources;

/// <summary>
/// A log whose findings carry their fixes: nn check writes them as SARIF's own fixes, a build (ErrorLog) can only keep them among a
/// finding's properties. A log may come from anywhere, so it may change no file but C# code below one folder that it names openly, where
/// the text to be replaced still stands.
/// </summary>
internal sealed class SarifLog
{
    private SarifLog(Solution files, IReadOnlyList<Diagnostic> findings, IReadOnlyList<string> refused) =>
        (Files, Findings, Refused) = (files, findings, refused);

    /// <summary>The files that fixes change, as they are now.</summary>
    public Solution Files { get; }

    /// <summary>The findings that have a fix which may be applied.</summary>
    public IReadOnlyList<Diagnostic> Findings { get; }

    /// <summary>The fixes that may not, with the reason.</summary>
    public IReadOnlyList<string> Refused { get; }

    /// <summary>Reads a log.</summary>
    /// <param name="path">Of the log.</param>
    /// <param name="root">The folder that fixes may change, which relative paths start from.</param>
    /// <exception cref="ToolException">The file is missing or no SARIF 2.1.</exception>
    public static SarifLog Read(string path, string root)
    {
        var bytes = InputFile.Read(path);
        try
        {
            using var log = JsonDocument.Parse(bytes);
            var results = log.RootElement.GetProperty("runs").EnumerateArray()
                .SelectMany(r => r.TryGetProperty("results", out var all) && all.ValueKind == JsonValueKind.Array ? all.EnumerateArray()
                    : [])
                .ToList();
            return new Reader(root, results).Read();
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException
            or OverflowException or ArgumentException)
        {
            throw new ToolException(
                $"{path}: no SARIF 2.1 log: {error.Message.Split('\n')[0]} (build with -p:ErrorLog=build.sarif%2Cversion=2.1)", error);
        }
    }

    private sealed class Reader(string root, List<JsonElement> results)
    {
        private readonly string _root = Path.GetFullPath(root);
        private readonly Dictionary<string, SourceText?> _texts = [];
        private readonly List<string> _refused = [];

        public SarifLog Read()
        {
            var named = results.SelectMany(Locations).ToHashSet(StringComparer.Ordinal);
            var findings = results.Select(r => Finding(r, named)).OfType<Diagnostic>()
                .DistinctBy(d => (d.Id, d.Properties[FixProperties.Edits])).ToList();
            using var workspace = new AdhocWorkspace();
            var project = ProjectId.CreateNewId();
            var solution = workspace.CurrentSolution.AddProject(project, "log", "log", LanguageNames.CSharp);
            foreach (var (file, text) in _texts)
                if (text is not null)
                    solution = solution.AddDocument(DocumentId.CreateNewId(project), Path.GetFileName(file), text, filePath: file);
            return new(solution, findings, _refused);
        }

        /// <summary>The files that a result shows to people.</summary>
        private IEnumerable<string> Locations(JsonElement result) => new[] { "locations", "relatedLocations" }
            .SelectMany(n => result.TryGetProperty(n, out var all) && all.ValueKind == JsonValueKind.Array ? all.EnumerateArray() : [])
            .Select(l => l.TryGetProperty("physicalLocation", out var place) && place.TryGetProperty("artifactLocation", out var file)
                ? Full(file) : null).OfType<string>();

        private string? Full(JsonElement artifact) => artifact.TryGetProperty("uri", out var uri) && uri.GetString() is { Length: > 0 } text
            ? Uri.TryCreate(text, UriKind.Absolute, out var whole) && whole.IsFile ? Path.GetFullPath(whole.LocalPath)
            : Path.GetFullPath(Path.Combine(_root, Uri.UnescapeDataString(text))) : null;

        private Diagnostic? Finding(JsonElement result, HashSet<string> named)
        {
            // What the user has excused stays as it is.
            if (result.TryGetProperty("suppressions", out var excuses) && excuses.ValueKind == JsonValueKind.Array
                && excuses.GetArrayLength() > 0) return null;
            if (RuleCatalog.Find(result.GetProperty("ruleId").GetString() ?? "") is not { } rule) return null;
            var (title, edits) = Own(result) ?? Properties(result);
            if (edits is null) return null;
            if (edits.Select(e => Trouble(e, named)).FirstOrDefault(t => t is not null) is { } trouble)
            {
                _refused.Add($"{rule.Id}: {trouble}");
                return null;
            }
            var lines = edits.Select(e => string.Join('\t', Uri.EscapeDataString(e.Path),
                e.Span.Start.ToString(CultureInfo.InvariantCulture),
                e.Span.Length.ToString(CultureInfo.InvariantCulture), Uri.EscapeDataString(e.Text), Uri.EscapeDataString(e.Old)));
            var carried = ImmutableDictionary<string, string?>.Empty.Add(FixProperties.Title, title)
                .Add(FixProperties.Edits, string.Join('\n', lines));
            return Diagnostic.Create(rule.Descriptor, Location.None, carried,
                result.GetProperty("message").GetProperty("text").GetString());
        }

        /// <summary>Why an edit may not be made; null if it may.</summary>
        private string? Trouble((string Path, TextSpan Span, string Text, string Old) edit, HashSet<string> named)
        {
            var shown = Path.GetRelativePath(_root, edit.Path).Replace('\\', '/');
            if (!IsBelow(edit.Path)) return $"{edit.Path} is not below {_root} (--root names another folder)";
            if (!edit.Path.EndsWith(".cs", StringComparison.OrdinalIgnoreCase)) return $"{shown} is no C# file";
            if (!named.Contains(edit.Path)) return $"{shown} is changed, but no finding of the log is in it";
            if (Text(edit.Path) is not { } text)
                return $"{shown}: {InputFile.Trouble(edit.Path, InputFile.MostOfSource) ?? "cannot be read"}";
            return edit.Span.End > text.Length || text.ToString(edit.Span) != edit.Old
                ? $"{shown} has changed since the log was written: build again for a new one" : null;
        }

        /// <summary>Below the folder, also where links lead.</summary>
        private bool IsBelow(string path)
        {
            static string Real(string path)
            {
                var rest = "";
                for (var at = path; at is not null; at = Path.GetDirectoryName(at))
                {
                    if (new FileInfo(at) is { LinkTarget: not null } link && link.ResolveLinkTarget(returnFinalTarget: true) is { } target)
                        return Real(Path.Combine(target.FullName, rest));
                    rest = Path.Combine(Path.GetFileName(at), rest);
                }
                return path.TrimEnd(Path.DirectorySeparatorChar);
            }
            return Real(path).StartsWith(Real(_root) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        }

        private SourceText? Text(string path)
        {
            if (_texts.TryGetValue(path, out var known)) return known;
            if (InputFile.Trouble(path, InputFile.MostOfSource) is not null) return _texts[path] = null;
            return _texts[path] = InputFile.ReadSource(path);
        }

        /// <summary>SARIF's own fixes. The regions are lines and columns; what they hold is told beside them.</summary>
        private (string? Title, List<(string Path, TextSpan Span, string Text, string Old)>? Edits)? Own(JsonElement result)
        {
            if (!result.TryGetProperty("fixes", out var fixes) || fixes.ValueKind != JsonValueKind.Array || fixes.GetArrayLength() == 0)
                return null;
            var fix = fixes[0];
            var edits = new List<(string, TextSpan, string, string)>();
            foreach (var change in fix.GetProperty("artifactChanges").EnumerateArray())
            {
                if (Full(change.GetProperty("artifactLocation")) is not { } path) return null;
                foreach (var replacement in change.GetProperty("replacements").EnumerateArray())
                {
                    var region = replacement.GetProperty("deletedRegion");
                    var old = region.TryGetProperty("snippet", out var snippet) ? snippet.GetProperty("text").GetString() : null;
                    var fresh = replacement.TryGetProperty("insertedContent", out var content) ? content.GetProperty("text").GetString()
                        : "";
                    // A file that may not be read is refused below, whatever the region.
                    var span = IsBelow(path) && Text(path) is { } text ? Span(region, text) : new TextSpan(0, 0);
                    if (old is null || span is null)
                    {
                        _refused.Add($"{Path.GetRelativePath(_root, path)}: a fix {(old is null ? "does not say what it replaces (snippet)"
                            : "lies outside of it")}");
                        return (null, null);
                    }
                    edits.Add((path, span.Value, fresh ?? "", old));
                }
            }
            var title = fix.TryGetProperty("description", out var said) && said.TryGetProperty("text", out var words) ? words.GetString()
                : "";
            return (title, edits);
        }

        private static TextSpan? Span(JsonElement region, SourceText text)
        {
            int At(string line, string column)
            {
                var (row, place) = (region.GetProperty(line).GetInt32() - 1, region.GetProperty(column).GetInt32() - 1);
                if (row < 0 || row >= text.Lines.Count || place < 0 || place > text.Lines[row].SpanIncludingLineBreak.Length) return -1;
                return text.Lines[row].Start + place;
            }
            var (start, end) = (At("startLine", "startColumn"), At("endLine", "endColumn"));
            return start >= 0 && end >= start ? TextSpan.FromBounds(start, end) : null;
        }

        /// <summary>What the analyzer put into a finding that a compiler wrote down.</summary>
        private static (string? Title, List<(string Path, TextSpan Span, string Text, string Old)>? Edits) Properties(JsonElement result)
        {
            if (!result.TryGetProperty("properties", out var bag) || bag.ValueKind != JsonValueKind.Object) return default;
            string? Property(string name) => bag.TryGetProperty(name, out var value)
                || bag.TryGetProperty("customProperties", out var custom) && custom.TryGetProperty(name, out value) ? value.GetString()
                    : null;
            if (Property(FixProperties.Edits) is not { } edits) return default;
            return (Property(FixProperties.Title), FixProperties.Read(ImmutableDictionary<string, string?>.Empty.Add(FixProperties.Edits,
                edits))
                .Select(e => (Path.GetFullPath(e.Path), e.Span, e.Text, e.Old)).ToList());
        }
    }
}
