using System.CommandLine;
using NnAnalyzers.Tool.Sources;
using Spectre.Console;

namespace NnAnalyzers.Tool.Formats;

/// <summary>How findings are written: for people, for other programs, for CI systems.</summary>
internal sealed record Format(string Name, Action<IReadOnlyList<Entry>, string, TextWriter> Write)
{
    /// <summary>Whether a line about all findings goes with it.</summary>
    public bool IsForPeople { get; private init; }

    public static readonly Format Text = new("text", TextFormat.Write) { IsForPeople = true };
    public static readonly Format Lines = new("lines", TextFormat.WriteLines) { IsForPeople = true };

    public static readonly IReadOnlyList<Format> All =
    [
        Text, Lines, InFiles("json", JsonFormat.Write), InFiles("sarif", Sarif.Write), InFiles("github", GitHubFormat.Write),
        InFiles("junit", JUnitFormat.Write), InFiles("markdown", MarkdownFormat.Write),
    ];

    /// <summary>Programs know the lines of a file, not the cells of a notebook.</summary>
    private static Format InFiles(string name, Action<IReadOnlyList<Entry>, string, TextWriter> write) =>
        new(name, (entries, root, writer) => write(entries.Select(Script.InFile).ToList(), root, writer));

    /// <summary>On a terminal with the code; in a log or a pipe one line each, which other tools know to read.</summary>
    public static Format Usual => Console.IsOutputRedirected ? Lines : Text;

    public static Option<Format?> Option()
    {
        var names = string.Join(", ", All.Select(f => f.Name));
        return new("--format")
        {
            Description = $"{names}; text on a terminal and lines elsewhere if it is not given",
            HelpName = "name",
            CustomParser = given =>
            {
                var found = All.FirstOrDefault(f => f.Name.Equals(given.Tokens[0].Value, StringComparison.OrdinalIgnoreCase));
                if (found is null) given.AddError($"--format '{given.Tokens[0].Value}' is none of {names}");
                return found;
            },
        };
    }

    /// <summary>Writes a file whole or not at all.</summary>
    /// <exception cref="ToolException">It cannot be written.</exception>
    public void WriteTo(string path, IReadOnlyList<Entry> entries, string root)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        Write(entries, root, writer);
        OutputFile.Write(path, writer.ToString());
    }
}
