using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.CompilerServices;

namespace NnAnalyzers.Tool.Commands;

/// <summary>--help, which ends with examples.</summary>
internal static class Help
{
    private static readonly ConditionalWeakTable<Command, string[]> Examples = [];

    public static Command WithExamples(this Command command, params string[] examples)
    {
        Examples.Add(command, examples);
        return command;
    }

    public static void AddTo(RootCommand root)
    {
        var option = root.Options.OfType<HelpOption>().Single();
        option.Action = new ThenExamples((HelpAction)option.Action!);
    }

    private sealed class ThenExamples(HelpAction usual) : SynchronousCommandLineAction
    {
        /// <summary>Who asks for help has not made a mistake.</summary>
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parsed)
        {
            var exit = usual.Invoke(parsed);
            if (!Examples.TryGetValue(parsed.CommandResult.Command, out var examples)) return exit;
            parsed.InvocationConfiguration.Output.WriteLine("Examples:");
            foreach (var example in examples) parsed.InvocationConfiguration.Output.WriteLine($"  {example}");
            return exit;
        }
    }
}
