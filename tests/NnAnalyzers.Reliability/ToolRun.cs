using System.Diagnostics;
using NnAnalyzers.Runner;

namespace NnAnalyzers.Reliability;

/// <summary>How a command of the tool ended.</summary>
/// <param name="ExitCode">128 + a signal's number where one ended it.</param>
internal sealed record ToolEnd(int ExitCode, string Output, string Errors, TimeSpan Took)
{
    /// <summary>What is wrong with how it ended, whatever it was asked: no code of its own, a trace instead of a line.</summary>
    public string? Trouble => ExitCode is not (0 or 1 or 2) ? $"exit code {ExitCode}: {FirstLine(Errors)}"
        : Errors.Contains("   at ", StringComparison.Ordinal) || Errors.Contains("Unhandled exception", StringComparison.Ordinal)
            || Errors.Contains("a fault of nn", StringComparison.Ordinal) ? $"a trace: {FirstLine(Errors)}"
        : ExitCode == 2 && Errors.Split('\n').Count(l => l.StartsWith("nn: ", StringComparison.Ordinal)) == 0
            ? $"exit code 2 without a line: {FirstLine(Errors)}" : null;

    private static string FirstLine(string text) => text.Split('\n')[0];
}

/// <summary>Runs the tool as its users do, in a process of its own.</summary>
internal static class ToolRun
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    public static string Dll { get; } = Path.Combine(AppContext.BaseDirectory, "NnAnalyzers.Tool.dll");

    public static ProcessStartInfo Of(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = folder, RedirectStandardOutput = true,
            RedirectStandardError = true };
        foreach (var argument in arguments.Prepend(Dll)) start.ArgumentList.Add(argument);
        return start;
    }

    /// <summary>How tests run it instead, within their own process; null for a process of its own.</summary>
    public static Func<string, string[], (int ExitCode, string Output, string Errors)>? Here { get; set; }

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="TimeoutException">It did not end.</exception>
    public static ToolEnd Run(string folder, params string[] arguments) =>
        Here?.Invoke(folder, arguments) is var (exit, output, errors)
            ? new(exit, output, errors, TimeSpan.Zero) : Run(Of(folder, arguments));

    /// <inheritdoc cref="Run(string, string[])"/>
    public static ToolEnd Run(ProcessStartInfo start)
    {
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"did not end within {Patience.TotalSeconds:0} s");
        }
        if (!Task.WaitAll([output, errors], TimeSpan.FromSeconds(10))) throw new TimeoutException("left a process that holds its output");
        return new(process.ExitCode, output.Result, errors.Result, watch.Elapsed);
    }

    /// <summary>Runs a line of the shell, with {nn} for the tool.</summary>
    public static ToolEnd Shell(string folder, string line)
    {
        var start = new ProcessStartInfo("bash") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "-c", "set -o pipefail; " + line.Replace("{nn}", $"dotnet '{Dll}'", StringComparison.Ordinal) })
            start.ArgumentList.Add(argument);
        return Run(start);
    }
}

/// <summary>A folder of one fault, and what lies in it.</summary>
internal sealed class FaultFolder : IDisposable
{
    /// <summary>A network with one finding that has a fix, NN1001.</summary>
    public const string Flagged = """
        using TorchSharp;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        var (x, y) = (randn(8, 4), randn(8, 1));
        var model = Sequential(Linear(4, 64), ReLU(), Linear(64, 1), ReLU());
        var loss = functional.mse_loss(model.forward(x), y);
        loss.backward();

        """;

    public static string Fixed { get; } = Flagged.Replace(", ReLU());", ");", StringComparison.Ordinal);

    public string Path { get; } = Directory.CreateTempSubdirectory("nn-fault-").FullName;

    public string At(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), text);
        return At(name);
    }

    // A link may lead in a ring.
    private static readonly EnumerationOptions All = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };

    /// <summary>Every file below, with what it holds; pipes as such, links left out.</summary>
    public Dictionary<string, string> Snapshot() => Directory.EnumerateFileSystemEntries(Path, "*", All)
        .Where(e => !Directory.Exists(e)).ToDictionary(e => System.IO.Path.GetRelativePath(Path, e), e => FileKind.Of(e).IsRegular
            ? Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(e))) : "other");

    public void Dispose()
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(Path, "*", All))
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(entry, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.Delete(Path, recursive: true);
    }
}
