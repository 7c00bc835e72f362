using System.CommandLine;
using NnAnalyzers.Tool;
using NnAnalyzers.Tool.Commands;
using Spectre.Console;

var root = new RootCommand("nn: checks, fixes and verifies TorchSharp training code. "
    + "check, fix, graph, explain and rules never run your code; verify, probe and fix --proven do, in processes of their own.")
{
    CheckCommand.Create(), FixCommand.Create(), VerifyCommand.Create(), MergeCommand.Create(), ProbeCommand.Create(), GraphCommand.Create(),
    ExplainCommand.Create(), RulesCommand.Create(),
};
// A log file is wider than the terminal that is not there.
if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 160;
var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors) Console.Error.WriteLine($"nn: {error.Message}");
    return ExitCode.CannotRun;
}
try
{
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (ToolException error)
{
    Console.Error.WriteLine($"nn: {error.Message}");
    return ExitCode.CannotRun;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("nn: stopped; finished results are kept (go on with --resume)");
    return ExitCode.CannotRun;
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException or InvalidOperationException)
{
    Console.Error.WriteLine($"nn: {error.Message}");
    return ExitCode.CannotRun;
}
