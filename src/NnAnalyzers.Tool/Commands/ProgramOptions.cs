using System.CommandLine;
using NnAnalyzers.Tool.Verify;
using Spectre.Console;

namespace NnAnalyzers.Tool.Commands;

/// <summary>The options of commands that run a user's program.</summary>
internal sealed class ProgramOptions
{
    public const long CopyLimitMiB = 256;

    private readonly Option<string?> _call = new("--call")
        { Description = "Of an ordinary program: start this method, such as Trainer.Train, instead of the entry point" };
    private readonly Option<bool> _inPlace = new("--in-place")
        { Description = "Run an ordinary program in its own folder, not in a copy" };
    private readonly Option<long> _copyLimit = new("--copy-limit")
        { Description = "Most that such a copy may hold, in MiB", DefaultValueFactory = _ => CopyLimitMiB };
    private readonly Option<bool> _plan = new("--plan") { Description = "Say what would be run, and run nothing" };
    private readonly Option<bool> _yes = new("--yes", "-y") { Description = "Do not ask before running" };
    private readonly Argument<string[]> _arguments = new("arguments")
        { Description = "Behind --: the arguments of an ordinary program", Arity = ArgumentArity.ZeroOrMore };

    /// <summary>Adds them, the arguments behind those that are there.</summary>
    public void AddTo(Command command)
    {
        command.Add(_arguments);
        foreach (var option in new Option[] { _call, _inPlace, _copyLimit, _plan, _yes }) command.Add(option);
    }

    /// <inheritdoc cref="Ordinary"/>
    public Ordinary Of(ParseResult parsed, int steps = 0, string? score = null) => new(parsed.GetValue(_call), steps, score,
        parsed.GetValue(_arguments)!, parsed.GetValue(_inPlace), parsed.GetValue(_copyLimit));

    public bool IsPlan(ParseResult parsed) => parsed.GetValue(_plan);

    /// <summary>Whether it may be run: a terminal is asked, unless the answer was given.</summary>
    public bool MayRun(ParseResult parsed) => parsed.GetValue(_yes) || Console.IsInputRedirected || Console.IsOutputRedirected
        || AnsiConsole.Confirm("Run it?");
}
