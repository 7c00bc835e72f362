using System.CommandLine;
using NnAnalyzers.Torch;
using Spectre.Console;

namespace NnAnalyzers.Tool.Commands;

/// <summary>nn rules: every rule with its level, or what fits before which loss.</summary>
internal static class RulesCommand
{
    public static Command Create()
    {
        var command = new Command("rules", "Lists the rules.");
        var fit = new Option<bool>("--fit") { Description = "What fits before which loss, and which rule says so" };
        command.Add(fit);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(fit))
            {
                foreach (var rows in new[] { FitTable.Outputs, FitTable.Targets }) Print(rows);
                return ExitCode.Clean;
            }
            var table = new Table().AddColumns("Rule", "Level", "Category", "Title").Border(TableBorder.Simple);
            foreach (var rule in RuleCatalog.All.OrderBy(r => r.Id, StringComparer.Ordinal))
                table.AddRow(rule.Id, $"{rule.Level} ({rule.Descriptor.DefaultSeverity.ToString().ToLowerInvariant()})",
                    rule.Descriptor.Category, Markup.Escape(rule.Descriptor.Title.ToString()));
            AnsiConsole.Write(table);
            return ExitCode.Clean;
        });
        return command.WithExamples("nn rules", "nn rules --fit");
    }

    private static void Print(IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var table = new Table().AddColumns([.. rows[0].Select(Markup.Escape)]).Border(TableBorder.Simple);
        foreach (var row in rows.Skip(1)) table.AddRow([.. row.Select(Markup.Escape)]);
        AnsiConsole.Write(table);
    }

    public static Rule Find(string id) => RuleCatalog.Find(id) ?? throw new ToolException($"{id}: no such rule"
        + Nearest.Hint(id.ToUpperInvariant(), RuleCatalog.All.Select(r => r.Id)) + " (nn rules lists them)");
}
