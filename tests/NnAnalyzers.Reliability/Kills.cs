using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace NnAnalyzers.Reliability;

/// <summary>kill -9 at any moment: each file of the user is the old one or the new one, and the next run finds its way.</summary>
internal sealed class Kills() : Listed("kills",
    "after kill -9 at any moment each file is the old or the new one, no process and no folder is left, and the next run ends well",
    Commands)
{
    private static readonly string[] Commands = ["fix", "check --sarif", "verify --run", "merge"];

    private static readonly JobFolder Jobs = new("kills", () =>
        [("Short", "for (var i = 1; i <= 20; i++) { run.Log(i, 1.0 / i); Thread.Sleep(20); }")]);

    /// <summary>How long each command takes here, when nobody kills it.</summary>
    private readonly ConcurrentDictionary<string, TimeSpan> _usual = new();

    public override int? Usual => 200;

    protected override string? Try(int at, Random random)
    {
        var command = Commands[at];
        var usual = _usual.GetOrAdd(command, _ =>
        {
            using var trial = Set(command);
            return ToolRun.Run(trial.Path, Line(command)).Took;
        });
        using var folder = Set(command);
        // Both ends too: before anything is read, and after all is written.
        var moment = usual * (random.NextDouble() * 1.1);
        using (var process = Process.Start(ToolRun.Of(folder.Path, Line(command)))!)
        {
            _ = process.StandardOutput.ReadToEndAsync();
            _ = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(moment)) process.Kill();
            process.WaitForExit();
        }
        return After(command, folder) is { } wrong
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"killed at {moment.TotalSeconds:0.00} s: {wrong}") : null;
    }

    private static string[] Line(string command) => command switch
    {
        "fix" => ["fix", "Net.cs"],
        "check --sarif" => ["check", "Net.cs", "--sarif", "log.sarif"],
        "verify --run" => ["verify", "--run", "jobs", "--jobs", "2"],
        _ => ["merge", "share0", "share1", "--out", "report"],
    };

    private static FaultFolder Set(string command)
    {
        if (command == "merge") return new Merges.Shares().Folder;
        var folder = new FaultFolder();
        folder.Write("Net.cs", FaultFolder.Flagged);
        folder.Write("log.sarif", "{}");
        if (command == "verify --run") Jobs.Give(folder, "Short", seeds: 4, timeLimit: 30);
        return folder;
    }

    private static string? After(string command, FaultFolder folder)
    {
        if (Leftovers.Of(folder.Path) is { } left) return left;
        if (command != "merge" && File.ReadAllText(folder.At("Net.cs")) is var net && net != FaultFolder.Flagged
                && net != FaultFolder.Fixed) return "Net.cs is neither the old nor the new one";
        if (command == "check --sarif" && !IsJson(folder.At("log.sarif"))) return "log.sarif is cut off";
        foreach (var result in Directory.EnumerateFiles(folder.Path, "*.json", SearchOption.AllDirectories))
            if (!IsJson(result)) return $"{Path.GetFileName(result)} is cut off";
        var again = ToolRun.Run(folder.Path, Line(command));
        if (again.Trouble is { } trouble) return $"the next run: {trouble}";
        if (again.ExitCode == 2) return $"the next run: {again.Errors.Trim()}";
        if (command == "fix" && File.ReadAllText(folder.At("Net.cs")) != FaultFolder.Fixed) return "the next run does not fix";
        if (command is "verify --run" && !File.Exists(folder.At("jobs/index.html"))) return "the next run makes no report";
        return Directory.EnumerateFiles(folder.Path, "*.nn-tmp", SearchOption.AllDirectories).FirstOrDefault() is { } half
            ? $"{Path.GetFileName(half)} is left" : Leftovers.Folders();
    }

    private static bool IsJson(string file)
    {
        try { return JsonDocument.Parse(File.ReadAllText(file)) is not null; }
        catch (JsonException) { return false; }
    }
}
