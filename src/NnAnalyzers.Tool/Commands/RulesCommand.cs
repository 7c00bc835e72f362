using System.CommandLine;
using Spectre.Console;

namespace NnAnalyzers.Tool.Commands;

/// <summary>nn rules: every rule with its level.</summary>
internal static class RulesCommand
{
    public static Command Create()
    {
        var command = new Command("rules", "Lists the rules.");
        command.SetAction(_ =>
        {
            var table = new Table().AddColumns("Rule", "Level", "Category", "Title").Border(TableBorder.Simple);
            foreach (var rule in RuleCatalog.All.OrderBy(r => r.Id, StringComparer.Ordinal))
                table.AddRow(rule.Id, $"{rule.Level} ({rule.Descriptor.DefaultSeverity.ToString().ToLowerInvariant()})",
                    rule.Descriptor.Category, Markup.Escape(rule.Descriptor.Title.ToString()));
            AnsiConsole.Write(table);
            return ExitCode.Clean;
        });
        return command;
    }

    public static Rule Find(string id) => RuleCatalog.Find(id) ?? throw new ToolException($"{id}: no such rule (nn rules lists them)");
}
