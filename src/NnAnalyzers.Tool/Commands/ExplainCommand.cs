using System.CommandLine;

namespace NnAnalyzers.Tool.Commands;

/// <summary>nn explain: a rule's page.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("rule") { Description = "A rule's id, such as NN1001" };
        var command = new Command("explain", "Prints the page of a rule.") { id };
        command.SetAction(parsed =>
        {
            var rule = RulesCommand.Find(parsed.GetValue(id)!);
            using var page = typeof(ExplainCommand).Assembly.GetManifestResourceStream($"docs/{rule.Id}.md")
                ?? throw new ToolException($"{rule.Id} has no page");
            Console.WriteLine(new StreamReader(page).ReadToEnd());
            return ExitCode.Clean;
        });
        return command;
    }
}
