using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using NnAnalyzers.Tool;
using NnAnalyzers.Tool.Commands;
using NnAnalyzers.Tool.Sources;
using Spectre.Console;

var root = NnCommand.Create();
// A log file is wider than the terminal that is not there.
if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 160;
var parsed = root.Parse(args);
if (Nearest.Problems(parsed).ToList() is { Count: > 0 } problems)
{
    problems.ForEach(Say);
    return ExitCode.CannotRun;
}
Notes.AreShown = parsed.GetResult(NnCommand.Verbose) is { Implicit: false };
using var stop = new CancellationTokenSource();
var stopped = ExitCode.CannotRun;
var signals = new[] { PosixSignal.SIGHUP, PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT }
    .Select(signal => PosixSignalRegistration.Create(signal, Stop)).ToList();
try
{
    return await parsed.InvokeAsync(
        new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null, Output = Console.Out },
        stop.Token);
}
catch (Exception error)
{
    if (error is OperationCanceledException)
        Say(parsed.CommandResult.Command.Name == "verify" ? "stopped; finished results are kept (go on with --resume)" : "stopped");
    else if (error is ToolException or IOException or UnauthorizedAccessException or InvalidDataException or InvalidOperationException)
        Say(error.Message);
    else
        Say($"{error.GetType().Name}: {error.Message} (a fault of nn: please report it as {Id(error)}; --verbose shows more)");
    if (parsed.GetValue(NnCommand.Verbose)) Console.Error.WriteLine(error);
    return error is OperationCanceledException ? stopped : ExitCode.CannotRun;
}
finally
{
    signals.ForEach(s => s.Dispose());
}

// One line, whatever a path or a message holds.
static void Say(string message) => Console.Error.WriteLine(
    "nn: " + message.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal));

// The same fault has the same id, on whatever machine.
static string Id(Exception error) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(error.GetType()
    + string.Concat(new StackTrace(error).GetFrames().Take(8).Select(f => f.GetMethod())))))[..8];

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    if (context.Signal == PosixSignal.SIGINT) stopped = ExitCode.Interrupted;
    stop.Cancel();
    // Whatever does not listen is left behind; what it started ends with it.
    _ = Task.Delay(TimeSpan.FromSeconds(5)).ContinueWith(_ => Environment.Exit(stopped), TaskScheduler.Default);
}
