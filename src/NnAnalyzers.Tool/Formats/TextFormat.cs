using Microsoft.CodeAnalysis;
using NnAnalyzers.Tool.Sources;
using Spectre.Console;

namespace NnAnalyzers.Tool.Formats;

/// <summary>Findings for people: each with its code, a caret under it, and the other places it is about.</summary>
internal static class TextFormat
{
    private const int TabWidth = 4;

    public static void WriteLines(IReadOnlyList<Entry> entries, string root, TextWriter writer)
    {
        foreach (var entry in entries) writer.WriteLine(entry.Line);
    }

    public static void Write(IReadOnlyList<Entry> entries, string root, TextWriter writer)
    {
        // Colours where the console has them and NO_COLOR does not ask for none; a line of code is never broken into two.
        var isConsole = ReferenceEquals(writer, Console.Out);
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer), Ansi = isConsole ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isConsole ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        });
        console.Profile.Width = 4096;
        foreach (var entry in entries)
        {
            var colour = entry.Severity switch
            {
                DiagnosticSeverity.Error => "red", DiagnosticSeverity.Warning => "yellow", _ => "blue",
            };
            var word = entry.Severity.ToString().ToLowerInvariant();
            console.MarkupLine($"[bold]{Markup.Escape(Analysis.Place(entry.Place))}[/]: [bold {colour}]{word} {entry.Rule}[/]: "
                + $"[bold]{Markup.Escape(entry.Message)}[/]");
            Excerpt(console, entry.Place, '^', colour, "");
            foreach (var (what, place) in entry.Related)
            {
                console.MarkupLine($"  {Markup.Escape(Analysis.Place(place))}: [bold]note[/]: {Markup.Escape(what)}");
                Excerpt(console, place, '-', "grey", "  ");
            }
            if (entry.FixTitle is { } title) console.MarkupLine($"  [green]fix[/]: {Markup.Escape(title)}");
            console.WriteLine();
        }
    }

    /// <summary>The first line of a place with a mark under what it is about.</summary>
    private static void Excerpt(IAnsiConsole console, Location place, char mark, string colour, string indent)
    {
        if (place.SourceTree is not { } tree) return;
        var span = (Script.Of(tree.FilePath)?.Place(place.SourceSpan) ?? place.GetLineSpan()).Span;
        var line = tree.GetText().Lines[tree.GetText().Lines.GetLineFromPosition(place.SourceSpan.Start).LineNumber];
        var text = line.ToString();
        var from = Math.Min(place.SourceSpan.Start - line.Start, text.Length);
        var to = Math.Clamp(place.SourceSpan.End - line.Start, from, text.Length);
        var number = (span.Start.Line + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var margin = new string(' ', number.Length);
        console.MarkupLine($"{indent} [blue]{number} |[/] {Markup.Escape(Tabless(text))}");
        console.MarkupLine($"{indent} [blue]{margin} |[/] {new string(' ', Tabless(text[..from]).Length)}"
            + $"[bold {colour}]{new string(mark, Math.Max(1, Tabless(text[from..to]).Length))}[/]");
    }

    private static string Tabless(string text) => text.Replace("\t", new string(' ', TabWidth), StringComparison.Ordinal);
}
