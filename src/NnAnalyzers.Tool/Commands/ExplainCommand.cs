using System.CommandLine;
using DiffPlex.Renderer;
using NnAnalyzers.Tool.Formats;
using Spectre.Console;

namespace NnAnalyzers.Tool.Commands;

/// <summary>nn explain: a rule's page, what its fix changes, and what that was measured to do.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("rule") { Description = "A rule's id, such as NN1001" };
        id.CompletionSources.Add(_ => RuleCatalog.All.Select(r => r.Id).Order(StringComparer.Ordinal));
        var command = new Command("explain", "Prints the page of a rule, what its fix changes, and what was measured of it.") { id };
        command.SetAction(parsed =>
        {
            var rule = RulesCommand.Find(parsed.GetValue(id)!);
            var page = RulePage.Of(rule);
            Console.WriteLine(page.Text);
            if (page.Code("flagged") is { } flagged && page.Code("fixed") is { } mended)
            {
                Console.WriteLine("## What the fix changes\n");
                foreach (var line in UnidiffRenderer.GenerateUnidiff(flagged, mended, "flagged", "fixed").TrimEnd().Split('\n'))
                    AnsiConsole.MarkupLineInterpolated(line switch
                    {
                        ['+', ..] => $"[green]{line}[/]", ['-', ..] => (FormattableString)$"[red]{line}[/]", _ => $"{line}",
                    });
                Console.WriteLine();
            }
            Measured(rule);
            return ExitCode.Clean;
        });
        return command.WithExamples("nn explain NN1001", "nn explain nn4005 | less");
    }

    /// <summary>The rule's rows of the evidence that comes with this version.</summary>
    private static void Measured(Rule rule)
    {
        using var stream = typeof(ExplainCommand).Assembly.GetManifestResourceStream("docs/evidence.md")!;
        var rows = new StreamReader(stream).ReadToEnd().Split('\n').Select(l => l.Trim().Trim('|').Split('|'))
            .Where(c => c.Length > 9 && c[0].Trim() == rule.Id).Select(c => c.Select(x => x.Trim()).ToArray()).ToList();
        Console.WriteLine("## What was measured\n");
        if (rows.Count == 0)
        {
            Console.WriteLine(rule.ShowsInTraining ? "Nothing: no program of this rule was trained."
                : "Nothing: training does not show it.");
            return;
        }
        Console.WriteLine($"The fix helped {rows.Count(r => r[9] == "helps")} of {rows.Count} programs: of the trainings, so many reached "
            + "their target.");
        var table = new Table().Border(TableBorder.Simple).AddColumns("program", "as it was", "fixed", "verdict");
        foreach (var row in rows) table.AddRow(Markup.Escape(row[1]), row[2], row[3], Markup.Escape(row[9]));
        AnsiConsole.Write(table);
    }
}
