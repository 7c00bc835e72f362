using System.Text.Json;
using NnAnalyzers.Runner;

namespace NnAnalyzers.Reliability;

/// <summary>Programs that misbehave: their time and memory hold, nothing of them is left, and each costs its own job only.</summary>
internal sealed class Children() : Listed("children",
    "whatever a trained program does, its limits hold, no process and no folder of it is left, and its result says how it ended",
    Kinds.Select(k => k.Name))
{
    private const double TimeLimit = 6;
    private const long MemoryLimit = 1500;

    /// <param name="Outcomes">What the result may say; none where the run says in one line that it cannot.</param>
    private sealed record Kind(string Name, string Body, params string[] Outcomes);

    private const string Helpers = """
        static class Do
        {
            public static void Log(TrainingRun run) { for (var i = 1; i <= 5; i++) run.Log(i, 1.0 / i); }
            public static Process Start(string line) => Process.Start(new ProcessStartInfo("bash", ["-c", line]))!;
            public static long Deep(long x) => x + Deep(x + 1);
        }
        """;

    private static readonly Kind[] Kinds =
    [
        new("trains and ends", "Do.Log(run);", JobResult.Finished),
        new("never ends", "while (true) { }", JobResult.TimedOut),
        new("never ends, on eight threads",
            "for (var i = 0; i < 8; i++) new Thread(() => { while (true) { } }).Start(); Thread.Sleep(-1);", JobResult.TimedOut),
        new("sleeps", "Thread.Sleep(-1);", JobResult.TimedOut),
        new("ends but for a thread", "Do.Log(run); new Thread(() => Thread.Sleep(-1)).Start();", JobResult.Finished, JobResult.TimedOut),
        new("leaves a process that holds its output", "Do.Log(run); Do.Start(\"sleep 999 & echo\");", JobResult.Finished),
        new("leaves fifty processes", "Do.Log(run); for (var i = 0; i < 50; i++) Do.Start(\"sleep 999 & sleep 999\");", JobResult.Finished),
        new("waits for its process", "Do.Start(\"sleep 999\").WaitForExit();", JobResult.TimedOut),
        new("a process that ignores SIGTERM", "Do.Start(\"trap '' TERM HUP INT; while true; do sleep 1; done\"); Thread.Sleep(-1);",
            JobResult.TimedOut),
        new("floods its error stream without a line",
            "var much = new string('x', 1 << 20); for (var i = 0; i < 1500; i++) Console.Error.Write(much); Do.Log(run);",
            JobResult.Finished, JobResult.TimedOut),
        new("floods its output", "var much = new string('x', 1 << 20); for (var i = 0; i < 1500; i++) Console.Write(much); Do.Log(run);",
            JobResult.Finished, JobResult.TimedOut),
        new("logs two million points", "for (var i = 1; i <= 2_000_000; i++) run.Log(i, 1.0 / i);", JobResult.Finished, JobResult.TimedOut),
        new("fails fast", "Environment.FailFast(\"no\");", JobResult.Crashed),
        new("leaves without a word", "Environment.Exit(0);", JobResult.Crashed),
        new("calls itself for ever", "run.Log(1, Do.Deep(1));", JobResult.Crashed),
        new("kills itself", "Process.GetCurrentProcess().Kill(); Thread.Sleep(-1);", JobResult.Crashed),
        new("takes all memory",
            "var all = new List<byte[]>(); while (true) { var some = new byte[64 << 20]; Array.Fill(some, (byte)1); all.Add(some); }",
            JobResult.OutOfMemory, JobResult.Crashed, JobResult.TimedOut),
        new("throws", "throw new Exception(\"two\\nlines\");", JobResult.Crashed),
        new("throws on another thread", "new Thread(() => throw new Exception(\"there\")).Start(); Thread.Sleep(-1);", JobResult.Crashed),
        new("gives no number", "run.Log(1, double.NaN);", JobResult.Diverged),
        new("reads its input", "Console.ReadLine(); Do.Log(run);", JobResult.Finished),
        new("writes its own answer",
            "File.WriteAllText(Environment.GetCommandLineArgs()[^3], \"{ nonsense\"); "
                + "Process.GetCurrentProcess().Kill(); Thread.Sleep(-1);",
            JobResult.Crashed),
        new("deletes its folder", "Do.Log(run); Directory.Delete(run.Folder, true);", JobResult.Finished, JobResult.Crashed),
        new("needs a library that is not there", "throw new DllNotFoundException(\"libmissing\");"),
        new("fills the disk", "Do.Log(run); throw new IOException(\"No space left on device\", 28);"),
    ];

    private static readonly JobFolder Jobs = new("children", () => Kinds.Select((k, i) => ($"Child{i}", k.Body)), Helpers);

    protected override string? Try(int at, Random random)
    {
        var kind = Kinds[at];
        using var folder = new FaultFolder();
        Jobs.Give(folder, $"Child{at}", seeds: 1, TimeLimit, MemoryLimit);
        var end = ToolRun.Run(folder.Path, "verify", "--run", "jobs", "--jobs", "1");
        if (end.Trouble is { } trouble) return trouble;
        if (end.Took > TimeSpan.FromSeconds(TimeLimit + 20)) return $"took {end.Took.TotalSeconds:0} s";
        if (Leftovers.Of(folder.Path) is { } left) return left;
        if (Leftovers.Folders() is { } scratch) return scratch;
        var files = Directory.Exists(folder.At("jobs/results")) ? Directory.GetFiles(folder.At("jobs/results")) : [];
        if (kind.Outcomes.Length == 0)
            return files.Length > 0 || end.ExitCode != 2 ? "is taken for a verdict on the code" : null;
        if (files is not [var file]) return $"{files.Length} results: {end.Errors.Trim()}";
        if (new FileInfo(file).Length > 2 << 20) return $"a result of {new FileInfo(file).Length >> 20} MiB";
        var result = JsonSerializer.Deserialize<JobResult>(File.ReadAllText(file), Plan.Json)!;
        return !kind.Outcomes.Contains(result.Outcome) ? $"{result.Outcome}: {result.Detail}"
            : result.Detail?.Contains('\n', StringComparison.Ordinal) == true ? "tells it in several lines" : null;
    }
}
