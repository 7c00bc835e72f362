using System.Diagnostics;
using NnAnalyzers.Runner;

namespace NnAnalyzers.Tool.Sources;

/// <summary>Runs the dotnet command, and git.</summary>
internal static class Shell
{
    public static async Task<(int ExitCode, string Output)> DotNetAsync(IEnumerable<string> arguments, string folder,
        CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(Child.DotNet)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        // The tool may itself run under dotnet run or MSBuild; their variables are not for its children.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        var (exit, output, errors) = await RunAsync(start, cancellation);
        return (exit, output + errors);
    }

    /// <summary>What git says in a folder.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no git.</exception>
    public static Task<(int ExitCode, string Output, string Errors)> GitAsync(IEnumerable<string> arguments, string folder,
        CancellationToken cancellation) => RunAsync(new ProcessStartInfo("git", arguments)
        { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder }, cancellation);

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(ProcessStartInfo start, CancellationToken cancellation)
    {
        using var process = Process.Start(start) ?? throw new ToolException("dotnet cannot be started: install the .NET SDK");
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return (process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>The first error of a build's output, as one line.</summary>
    public static string FirstError(string output) =>
        output.Split('\n').Select(l => l.Trim()).FirstOrDefault(
            l => l.Contains(": error ", StringComparison.Ordinal) || l.StartsWith("error", StringComparison.OrdinalIgnoreCase))
            ?.Split(" [")[0] ?? output.Split('\n').Select(l => l.Trim()).LastOrDefault(l => l.Length > 0) ?? "no output";
}
