using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace NnAnalyzers.Runner;

/// <summary>How to run a plan on this machine.</summary>
/// <param name="Device">auto, cpu or cuda.</param>
/// <param name="Workers">Jobs at a time.</param>
/// <param name="LibTorch">Folder of libtorch; the plan's if null.</param>
public sealed record RunOptions(string Device, int Workers, string? LibTorch);

/// <summary>
/// Runs the jobs of a job folder, one child process each. A result is written when its job ends, so a run that is
/// killed goes on where it stopped.
/// </summary>
public sealed class Scheduler(string folder, Plan plan, RunOptions options)
{
    private readonly string _results = Path.Combine(folder, Plan.ResultsFolder);

    /// <summary>The dotnet command that this process was started with, or the one on the path.</summary>
    public static string DotNet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";

    public string ResultPath(Job job) => Path.Combine(_results, job.Id + ".json");

    /// <summary>The result of a job that has ended; null if it has not, if its code has changed since, or if its file is damaged.</summary>
    public JobResult? Result(Job job)
    {
        try
        {
            return File.Exists(ResultPath(job)) && JsonSerializer.Deserialize<JobResult>(File.ReadAllText(ResultPath(job)), Plan.Json) is { } result && result.Hash == job.Variant.Hash ? result : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Runs what has no result yet.</summary>
    /// <param name="ended">Called after each job, and at the start for each result that was already there.</param>
    public void Run(Action<JobResult> ended, CancellationToken cancellation)
    {
        Directory.CreateDirectory(_results);
        var waiting = new ConcurrentQueue<Job>();
        foreach (var job in plan.Jobs())
            if (Result(job) is { } done) ended(done); else waiting.Enqueue(job);
        var gate = new object();
        Exception? failure = null;
        var workers = Enumerable.Range(0, Math.Max(1, options.Workers)).Select(_ => new Thread(() =>
        {
            try
            {
                while (failure is null && !cancellation.IsCancellationRequested && waiting.TryDequeue(out var job))
                {
                    var result = RunJob(job, cancellation);
                    if (result is null) return; // cancelled: it has no result and will run again
                    if (result.Outcome == JobResult.CannotRun)
                        throw new InvalidOperationException($"{job.Id}: {result.Detail}"); // the machine's fault, not the code's: nothing was learned
                    AtomicFile.Write(ResultPath(job), JsonSerializer.Serialize(result, Plan.Json));
                    lock (gate) ended(result);
                }
            }
            catch (Exception error)
            {
                failure ??= error;
            }
        })).ToList();
        workers.ForEach(w => w.Start());
        workers.ForEach(w => w.Join());
        if (failure is not null) throw new InvalidOperationException(failure.Message, failure);
        cancellation.ThrowIfCancellationRequested();
    }

    private JobResult? RunJob(Job job, CancellationToken cancellation)
    {
        var scratch = Directory.CreateTempSubdirectory("nn-job-");
        var log = Path.Combine(scratch.FullName, "curve.tsv");
        var answer = Path.Combine(scratch.FullName, "outcome.json");
        try
        {
            var watch = Stopwatch.StartNew();
            using var child = Process.Start(Command(job, scratch.FullName, log, answer))!;
            // Read what the program prints, or it would wait for a reader.
            var said = new Queue<string>();
            void Hear(string? line) { if (line is { Length: > 0 }) lock (said) { said.Enqueue(line); if (said.Count > 5) said.Dequeue(); } }
            child.OutputDataReceived += (_, _) => { };
            child.ErrorDataReceived += (_, e) => Hear(e.Data);
            child.BeginOutputReadLine();
            child.BeginErrorReadLine();
            string? stopped = null;
            while (!child.WaitForExit(100))
            {
                child.Refresh();
                if (cancellation.IsCancellationRequested) { child.Kill(entireProcessTree: true); return null; }
                if (watch.Elapsed.TotalSeconds > plan.TimeLimitSeconds) stopped = JobResult.TimedOut;
                else if (Memory(child) > plan.MemoryLimitMiB << 20) stopped = JobResult.OutOfMemory;
                if (stopped is null) continue;
                child.Kill(entireProcessTree: true);
                child.WaitForExit();
            }
            child.WaitForExit(); // lets the readers finish
            return Judge(job, watch.Elapsed.TotalSeconds, log, answer, stopped, child.ExitCode, string.Join(" | ", said));
        }
        finally
        {
            try { scratch.Delete(recursive: true); } catch (IOException) { /* a killed child may still hold a file */ }
        }
    }

    private static long Memory(Process child)
    {
        try { return child.WorkingSet64; } catch (InvalidOperationException) { return 0; }
    }

    private ProcessStartInfo Command(Job job, string scratch, string log, string answer)
    {
        var app = Path.Combine(folder, Plan.AppFolder);
        var own = Path.Combine(app, OperatingSystem.IsWindows() ? "nn-run.exe" : "nn-run");
        var start = new ProcessStartInfo { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = false, WorkingDirectory = scratch };
        if (File.Exists(own)) start.FileName = Path.GetFullPath(own);
        else
        {
            start.FileName = DotNet;
            start.ArgumentList.Add(Path.GetFullPath(Path.Combine(app, "NnAnalyzers.Runner.dll")));
        }
        foreach (var argument in new[]
                 {
                     "job", Path.GetFullPath(Path.Combine(folder, job.Variant.Assembly)), job.Program.Method,
                     (job.Seed + job.Variant.SeedOffset).ToString(CultureInfo.InvariantCulture), options.Device, scratch, log, answer,
                     Path.GetFullPath(Path.Combine(folder, Plan.TensorBoardFolder, job.Program.Id, job.Variant.Name, $"seed-{job.Seed}")),
                     options.LibTorch ?? (plan.LibTorch is { } here && Directory.Exists(here) ? here : ""),
                 })
            start.ArgumentList.Add(argument);
        // One core a job, so that jobs side by side do not slow each other and sums are taken in one order.
        start.Environment["OMP_NUM_THREADS"] = start.Environment["MKL_NUM_THREADS"] = "1";
        start.Environment["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8";
        return start;
    }

    private static JobResult Judge(Job job, double seconds, string log, string answer, string? stopped, int exitCode, string said)
    {
        var curve = File.Exists(log) ? File.ReadLines(log).Select(ParsePoint).OfType<Point>().ToList() : [];
        var own = File.Exists(answer) ? JsonSerializer.Deserialize<ChildAnswer>(File.ReadAllText(answer), Plan.Json) : null;
        var outcome = stopped ?? own?.Outcome ?? JobResult.Crashed;
        var detail = stopped is not null ? null : own?.Detail ?? (own is null ? $"the process ended with exit code {exitCode}{(said.Length > 0 ? ": " + said : "")}" : null);
        var reached = curve.Where(p => job.Program.LossBelow is { } loss ? p.Loss <= loss : p.Metric >= job.Program.MetricAbove).Select(p => (int?)p.Step).FirstOrDefault();
        var last = curve.Count > 0 ? curve[^1] : (Point?)null;
        return new JobResult
        {
            Job = job.Id, Program = job.Program.Id, Variant = job.Variant.Name, Seed = job.Seed, Hash = job.Variant.Hash, Outcome = outcome, Detail = detail, Seconds = Math.Round(seconds, 2),
            StepsToTarget = reached, FinalLoss = last?.Loss, FinalMetric = last?.Metric, Environment = own?.Environment ?? new Dictionary<string, string>(), Curve = curve,
        };
    }

    private static Point? ParsePoint(string line)
    {
        var parts = line.Split('\t');
        // The last line of a killed job may be cut off.
        return parts.Length == 4 && int.TryParse(parts[0], CultureInfo.InvariantCulture, out var step) && double.TryParse(parts[1], CultureInfo.InvariantCulture, out var loss)
            ? new Point(step, loss, parts[2].Length > 0 && double.TryParse(parts[2], CultureInfo.InvariantCulture, out var metric) ? metric : null)
            : null;
    }
}

/// <summary>What a job's process says of itself.</summary>
public sealed record ChildAnswer(string Outcome, string? Detail, IReadOnlyDictionary<string, string> Environment);
