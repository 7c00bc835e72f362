using System.Collections.Concurrent;
using System.Diagnostics;

namespace NnAnalyzers.Reliability;

/// <summary>kill -9 at any moment: each file of the user is the old one or the new one, and the next run finds its way.</summary>
internal sealed class Kills() : Listed("kills",
    "after kill -9 at any moment each file is the old or the new one, no process and no folder is left, and the next run ends well",
    Tried.Commands)
{
    /// <summary>How long each command takes here, when nobody kills it.</summary>
    private readonly ConcurrentDictionary<string, TimeSpan> _usual = new();

    public override int? Usual => 200;

    protected override string? Try(int at, Random random)
    {
        var command = Tried.Commands[at];
        var usual = _usual.GetOrAdd(command, _ =>
        {
            using var trial = Tried.Set(command);
            return ToolRun.Run(trial.Path, Tried.Line(command)).Took;
        });
        using var folder = Tried.Set(command);
        // Both ends too: before anything is read, and after all is written.
        var moment = usual * (random.NextDouble() * 1.1);
        using (var process = Process.Start(ToolRun.Of(folder.Path, Tried.Line(command)))!)
        {
            _ = process.StandardOutput.ReadToEndAsync();
            _ = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(moment)) process.Kill();
            process.WaitForExit();
        }
        return Tried.After(command, folder.Path) is { } wrong
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"killed at {moment.TotalSeconds:0.00} s: {wrong}") : null;
    }
}
