using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.Text;

namespace NnAnalyzers.Tool.Sources;

/// <summary>A character of a cell, and how the file writes it.</summary>
/// <param name="At">Where the file has it; -1 for a new one.</param>
/// <param name="EndsElement">Whether it is the last of an element, where a notebook writes a cell as a list of lines.</param>
internal readonly record struct Glyph(char Char, string Written, int At, bool EndsElement = false);

/// <summary>C# code in a file that has other things, too.</summary>
/// <param name="Number">Which of all cells it is, from 1; 0 for the code of a script, which has no cells.</param>
/// <param name="InFile">What stands for it in the file.</param>
/// <param name="Write">Writes its characters the way the file does.</param>
internal sealed record Cell(int Number, IReadOnlyList<Glyph> Glyphs, TextSpan InFile, Func<IReadOnlyList<Glyph>, string> Write)
{
    public SourceText Text { get; } = SourceText.From(string.Concat(Glyphs.Select(g => g.Char)));
}

/// <summary>
/// The C# of a notebook (.ipynb, .dib) or script (.csx). What changes in a cell changes the text that stands for it; all else of the file,
/// outputs and form, stays as it is written.
/// </summary>
internal sealed partial class Notebook
{
    public string Path { get; }
    public SourceText Text { get; }
    public IReadOnlyList<Cell> Cells { get; }

    private Notebook(string path, SourceText text, Func<string, IEnumerable<Cell>> read)
    {
        (Path, Text) = (path, text);
        Cells = read(text.ToString()).ToList();
    }

    public static bool Is(string path) => System.IO.Path.GetExtension(path).ToLowerInvariant() is ".ipynb" or ".dib" or ".csx";

    /// <exception cref="ToolException">It cannot be read, or is no notebook.</exception>
    public static Notebook Read(string path)
    {
        var text = InputFile.ReadSource(path);
        try
        {
            return new(path, text, System.IO.Path.GetExtension(path).ToLowerInvariant() switch
            {
                ".ipynb" => JsonCells,
                ".dib" => PlainCells,
                _ => all => [Plain(0, all, 0, all.Length)],
            });
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new ToolException($"{path}: no notebook of format 4: {error.Message.Split('\n')[0]}", error);
        }
    }

    /// <summary>The file's text with changes to its cells.</summary>
    public SourceText With(IEnumerable<(Cell Cell, IReadOnlyList<TextChange> Changes)> changed)
    {
        var edits = new List<TextChange>();
        foreach (var (cell, changes) in changed)
        {
            var glyphs = new List<Glyph>();
            var at = 0;
            foreach (var change in changes.OrderBy(c => c.Span.Start))
            {
                glyphs.AddRange(cell.Glyphs.Take(change.Span.Start).Skip(at));
                glyphs.AddRange(change.NewText!.Select(c => new Glyph(c, IsJson ? Escaped(c) : c.ToString(), -1, c == '\n')));
                at = change.Span.End;
            }
            glyphs.AddRange(cell.Glyphs.Skip(at));
            edits.Add(new TextChange(cell.InFile, cell.Write(glyphs)));
        }
        return Text.WithChanges(edits.OrderBy(e => e.Span.Start));
    }

    private bool IsJson => Path.EndsWith(".ipynb", StringComparison.OrdinalIgnoreCase);

    private static string Escaped(char c) => c switch
    {
        '"' => "\\\"", '\\' => "\\\\", '\n' => "\\n", '\r' => "\\r", '\t' => "\\t",
        < ' ' => $"\\u{(int)c:x4}",
        _ => c.ToString(),
    };

    private static Cell Plain(int number, string all, int start, int end) =>
        new(number, Enumerable.Range(start, end - start).Select(i => new Glyph(all[i], all[i].ToString(), i)).ToList(),
            TextSpan.FromBounds(start, end), glyphs => string.Concat(glyphs.Select(g => g.Written)));

    /// <summary>Polyglot's own format: a line that names a language begins a cell.</summary>
    private static IEnumerable<Cell> PlainCells(string all)
    {
        var (number, start, isCSharp) = (1, 0, true);
        for (var line = 0; line <= all.Length;)
        {
            var end = all.IndexOf('\n', line) is var found && found < 0 ? all.Length : found + 1;
            var begins = line == all.Length || Magic(all.AsSpan(line, end - line)) is { } magic && Language(magic) is not null;
            if (begins)
            {
                if (all.AsSpan(start, line - start).ContainsAnyExcept(" \t\r\n"))
                {
                    // Empty lines before a cell are not shown.
                    if (isCSharp) yield return Plain(number, all, start + EmptyLines().Match(all, start, line - start).Length, line);
                    number++;
                }
                if (line == all.Length) yield break;
                var named = Magic(all.AsSpan(line, end - line))!;
                // What stands before the first cell describes the notebook.
                if (named == "meta") number--;
                (start, isCSharp) = (end, Language(named) == true);
            }
            line = end;
        }
    }

    [GeneratedRegex(@"\G([ \t]*\r?\n)*")]
    private static partial Regex EmptyLines();

    private static readonly FrozenSet<string> CSharp = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "csharp", "c#"),
        // Commands of the notebook, in whatever language the cell is.
        Commands = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "about", "lsmagic", "time", "who", "whos", "share", "set", "import",
            "connect", "log", "enable-diagnostics", "extend", "quit");

    /// <summary>The word after <c>#!</c>; null for a line that has none.</summary>
    private static string? Magic(ReadOnlySpan<char> line) => line.TrimStart() is ['#', '!', .. var rest]
        ? rest.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? "" : null;

    /// <summary>Whether a magic names C# (true), another language (false), or none; a path is for the shell that starts a script.</summary>
    private static bool? Language(string magic) =>
        CSharp.Contains(magic) ? true : magic.StartsWith('/') || Commands.Contains(magic) ? null : false;

    /// <summary>
    /// Its text with spaces for what is not C#: lines for the notebook, and what is in other languages. <paramref name="directives"/> are
    /// the lines that bring packages, assemblies and files (<c>#r</c>, <c>#i</c>, <c>#load</c>).
    /// </summary>
    public static string Code(Cell cell, List<string> directives)
    {
        var code = new StringBuilder();
        var isCSharp = true;
        foreach (var line in cell.Text.Lines)
        {
            var text = cell.Text.ToString(line.SpanIncludingLineBreak);
            var magic = Magic(text);
            if (magic is not null) isCSharp = Language(magic) ?? isCSharp;
            var isDirective = isCSharp && text.TrimStart() is ['#', 'r' or 'i', ' ' or '\t' or '"', ..] or ['#', 'l', 'o', 'a', 'd', ..];
            if (isDirective) directives.Add(text.Trim());
            code.Append(isCSharp && magic is null && !isDirective ? text : string.Concat(text.Select(c => c is '\r' or '\n' ? c : ' ')));
        }
        return code.ToString();
    }

    /// <summary>Jupyter's format (nbformat 4).</summary>
    private static IEnumerable<Cell> JsonCells(string all)
    {
        using var json = JsonDocument.Parse(all);
        var root = json.RootElement;
        var usual = IsCSharp(Member(root, "metadata", "polyglot_notebook", "kernelInfo", "defaultKernelName")
            ?? Member(root, "metadata", "kernelspec", "language") ?? Member(root, "metadata", "language_info", "name"));
        var cells = root.GetProperty("cells").EnumerateArray().ToList();
        var sources = Sources(all);
        for (var i = 0; i < cells.Count; i++)
        {
            if (Member(cells[i], "cell_type") != "code" || !sources.TryGetValue(i, out var source)) continue;
            var language = Member(cells[i], "metadata", "polyglot_notebook", "kernelName")
                ?? Member(cells[i], "metadata", "dotnet_interactive", "language") ?? Member(cells[i], "metadata", "vscode", "languageId");
            if (language is null ? usual : IsCSharp(language)) yield return FromJson(i + 1, all, source);
        }
    }

    private static bool IsCSharp(string? language) => language is not null && CSharp.Contains(language);

    private static string? Member(JsonElement element, params string[] path)
    {
        foreach (var name in path)
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element)) return null;
        return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
    }

    /// <summary>Where each cell's source stands: the whole value, and the strings in it without their quotes.</summary>
    private static Dictionary<int, (TextSpan Value, List<TextSpan> Strings, bool IsList)> Sources(string all)
    {
        var bytes = Encoding.UTF8.GetBytes(all);
        var reader = new Utf8JsonReader(bytes);
        var found = new Dictionary<int, (TextSpan, List<TextSpan>, bool)>();
        var (cell, inCells, lastByte, lastChar) = (-1, false, 0, 0);
        // From a place among the bytes to one in the text; places only grow.
        int At(long place)
        {
            lastChar += Encoding.UTF8.GetCharCount(bytes, lastByte, (int)place - lastByte);
            lastByte = (int)place;
            return lastChar;
        }
        while (reader.Read())
        {
            if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName) inCells = reader.ValueTextEquals("cells");
            if (inCells && reader.CurrentDepth == 2 && reader.TokenType == JsonTokenType.StartObject) cell++;
            if (!inCells || reader.CurrentDepth != 3 || reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("source"))
                continue;
            reader.Read();
            var start = At(reader.TokenStartIndex);
            var strings = new List<TextSpan>();
            if (reader.TokenType == JsonTokenType.String)
            {
                strings.Add(TextSpan.FromBounds(start + 1, At(reader.BytesConsumed) - 1));
                found[cell] = (TextSpan.FromBounds(start, lastChar), strings, false);
            }
            else if (reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.Read() && reader.TokenType == JsonTokenType.String)
                    strings.Add(TextSpan.FromBounds(At(reader.TokenStartIndex) + 1, At(reader.BytesConsumed) - 1));
                if (strings.Count > 0) found[cell] = (TextSpan.FromBounds(start, At(reader.BytesConsumed)), strings, true);
            }
        }
        return found;
    }

    private static Cell FromJson(int number, string all, (TextSpan Value, List<TextSpan> Strings, bool IsList) source)
    {
        var glyphs = new List<Glyph>();
        foreach (var part in source.Strings)
        {
            for (var i = part.Start; i < part.End;)
            {
                var length = all[i] != '\\' ? 1 : all[i + 1] == 'u' ? 6 : 2;
                var written = all.Substring(i, length);
                glyphs.Add(new(length == 1 ? all[i] : Unescaped(written), written, i));
                i += length;
            }
            if (glyphs.Count > 0) glyphs[^1] = glyphs[^1] with { EndsElement = part != source.Strings[^1] || glyphs[^1].Char == '\n' };
        }
        var (first, last) = (source.Strings[0], source.Strings[^1]);
        var before = all[source.Value.Start..first.Start];
        var after = all[last.End..source.Value.End];
        // Between two lines; a single one tells it by what is before it.
        var between = source.Strings.Count > 1 ? all[first.End..source.Strings[1].Start]
            : "\"," + (before.Length > 2 ? before[1..] : " \"");
        return new(number, glyphs, source.Value, changed =>
        {
            var text = new StringBuilder(before);
            for (var i = 0; i < changed.Count; i++)
            {
                text.Append(changed[i].Written);
                if (source.IsList && changed[i].EndsElement && i < changed.Count - 1) text.Append(between);
            }
            return text.Append(after).ToString();
        });

        static char Unescaped(string written) => written[1] switch
        {
            'n' => '\n', 'r' => '\r', 't' => '\t', 'b' => '\b', 'f' => '\f', 'u' => (char)Convert.ToInt32(written[2..], 16),
            var itself => itself,
        };
    }
}
