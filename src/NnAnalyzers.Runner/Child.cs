using System.Diagnostics;

namespace NnAnalyzers.Runner;

/// <summary>How a child process ended.</summary>
/// <param name="Stopped">Why it was stopped: timed out or out of memory; null if it ended by itself.</param>
/// <param name="Said">The last lines of its error stream.</param>
public sealed record ChildEnd(int ExitCode, string? Stopped, string Said, double Seconds)
{
    /// <summary>
    /// Whether somebody else told it to stop (SIGHUP, SIGINT or SIGTERM), as schedulers do to all processes of a job. That says nothing of
    /// the program.
    /// </summary>
    public bool WasToldToStop => Stopped is null && ExitCode is 128 + 1 or 128 + 2 or 128 + 15;
}

/// <summary>One process of a job folder: the runner with the folder's own TorchSharp, within bounds of time and memory.</summary>
public static class Child
{
    /// <summary>The dotnet command that this process was started with, or the one on the path.</summary>
    public static string DotNet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";

    /// <summary>Runs the folder's runner to its end.</summary>
    /// <param name="folder">The job folder.</param>
    /// <param name="workFolder">Where the child works.</param>
    /// <param name="timeLimit">In seconds.</param>
    /// <param name="memoryLimit">In MiB.</param>
    /// <returns>Null if cancelled.</returns>
    public static ChildEnd? Run(string folder, string workFolder, IEnumerable<string> arguments, double timeLimit, long memoryLimit,
        int threads, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        using var child = Process.Start(Command(folder, workFolder, arguments, threads))!;
        try
        {
            // Read what the program prints, or it would wait for a reader; of errors the end is kept.
            var said = new byte[SaidBytes];
            var heard = 0L;
            var readers = new[] { Drain(child.StandardOutput.BaseStream, (_, _) => { }),
                Drain(child.StandardError.BaseStream, (bytes, count) =>
                {
                    for (var i = Math.Max(0, count - SaidBytes); i < count; i++) said[heard++ % SaidBytes] = bytes[i];
                }) };
            child.StandardInput.Close();
            string? stopped = null;
            while (!child.WaitForExit(100))
            {
                child.Refresh();
                if (cancellation.IsCancellationRequested) return null;
                if (watch.Elapsed.TotalSeconds > timeLimit) stopped = JobResult.TimedOut;
                else if (Memory(child) > memoryLimit << 20) stopped = JobResult.OutOfMemory;
                if (stopped is null) continue;
                Processes.End(child);
                child.WaitForExit();
            }
            // What the program started may still run, and hold its ends of the pipes.
            Processes.EndGroup(child.Id);
            foreach (var reader in readers) reader.Join(TimeSpan.FromSeconds(1));
            return new ChildEnd(child.ExitCode, stopped, LastLines(said, Interlocked.Read(ref heard)), watch.Elapsed.TotalSeconds);
        }
        finally { Processes.End(child); }
    }

    /// <summary>How much of what a process says on its error stream is kept, in bytes.</summary>
    private const int SaidBytes = 2048;

    private static Thread Drain(Stream stream, Action<byte[], int> heard)
    {
        var reader = new Thread(() =>
        {
            var buffer = new byte[16384];
            try
            {
                while (stream.Read(buffer) is > 0 and var count) heard(buffer, count);
            }
            catch (Exception error) when (error is IOException or ObjectDisposedException) { /* closed under it */ }
        }) { IsBackground = true, Name = "child output" };
        reader.Start();
        return reader;
    }

    private static string LastLines(byte[] ring, long heard)
    {
        var kept = (int)Math.Min(heard, ring.Length);
        var bytes = Enumerable.Range(0, kept).Select(i => ring[(heard - kept + i) % ring.Length]).ToArray();
        return string.Join(" | ", System.Text.Encoding.UTF8.GetString(bytes)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(5));
    }

    private static long Memory(Process child)
    {
        try { return child.WorkingSet64; } catch (InvalidOperationException) { return 0; }
    }

    private static ProcessStartInfo Command(string folder, string workFolder, IEnumerable<string> arguments, int threads)
    {
        var app = Path.Combine(folder, Plan.AppFolder);
        var own = Path.Combine(app, OperatingSystem.IsWindows() ? "nn-run.exe" : "nn-run");
        var start = new ProcessStartInfo { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
            WorkingDirectory = workFolder };
        if (File.Exists(own)) start.FileName = Path.GetFullPath(own);
        else
        {
            start.FileName = DotNet;
            start.ArgumentList.Add(Path.GetFullPath(Path.Combine(app, "NnAnalyzers.Runner.dll")));
        }
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        Processes.Own(start);
        start.Environment["OMP_NUM_THREADS"] = start.Environment["MKL_NUM_THREADS"] =
            threads.ToString(System.Globalization.CultureInfo.InvariantCulture);
        start.Environment["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8";
        return start;
    }
}
