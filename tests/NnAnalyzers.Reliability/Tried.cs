using System.Text.Json;

namespace NnAnalyzers.Reliability;

/// <summary>The commands that write, in a folder of their own each, and what must hold there when one was cut short.</summary>
internal static class Tried
{
    public static readonly string[] Commands = ["fix", "check --sarif", "verify --run", "merge"];

    private static readonly JobFolder Jobs = new("tried", () =>
        [("Short", "for (var i = 1; i <= 20; i++) { run.Log(i, 1.0 / i); Thread.Sleep(20); }")]);

    public static string[] Line(string command) => command switch
    {
        "fix" => ["fix", "Net.cs"],
        "check --sarif" => ["check", "Net.cs", "--sarif", "log.sarif"],
        "verify --run" => ["verify", "--run", "jobs", "--jobs", "2"],
        _ => ["merge", "share0", "share1", "--out", "report"],
    };

    public static FaultFolder Set(string command)
    {
        if (command == "merge") return new Merges.Shares().Folder;
        var folder = new FaultFolder();
        folder.Write("Net.cs", FaultFolder.Flagged);
        folder.Write("log.sarif", "{}");
        if (command == "verify --run") Jobs.Give(folder, "Short", seeds: 4, timeLimit: 30);
        return folder;
    }

    public static string? After(string command, string folder)
    {
        if (Leftovers.Of(folder) is { } left) return left;
        if (command != "merge" && File.ReadAllText(Path.Combine(folder, "Net.cs")) is var net && net != FaultFolder.Flagged
                && net != FaultFolder.Fixed) return "Net.cs is neither the old nor the new one";
        if (command == "check --sarif" && !IsJson(Path.Combine(folder, "log.sarif"))) return "log.sarif is cut off";
        foreach (var result in Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories))
            if (!IsJson(result)) return $"{Path.GetFileName(result)} is cut off";
        var again = ToolRun.Run(folder, Line(command));
        if (again.Trouble is { } trouble) return $"the next run: {trouble}";
        if (again.ExitCode == 2) return $"the next run: {again.Errors.Trim()}";
        if (command == "fix" && File.ReadAllText(Path.Combine(folder, "Net.cs")) != FaultFolder.Fixed) return "the next run does not fix";
        if (command is "verify --run" && !File.Exists(Path.Combine(folder, "jobs/index.html"))) return "the next run makes no report";
        return Directory.EnumerateFiles(folder, "*.nn-tmp", SearchOption.AllDirectories).FirstOrDefault() is { } half
            ? $"{Path.GetFileName(half)} is left" : Leftovers.Folders();
    }

    private static bool IsJson(string file)
    {
        try { return JsonDocument.Parse(File.ReadAllText(file)) is not null; }
        catch (JsonException) { return false; }
    }
}
