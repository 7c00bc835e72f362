using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;

namespace NnAnalyzers.Runner;

/// <summary>How to run a plan on this machine.</summary>
/// <param name="Device">auto, cpu or cuda.</param>
/// <param name="Workers">Jobs at a time.</param>
/// <param name="LibTorch">Folder of libtorch; the plan's if null.</param>
public sealed record RunOptions(string Device, int Workers, string? LibTorch)
{
    /// <summary>Which of the jobs to run.</summary>
    public Shard Shard { get; init; } = Shard.Whole;
}

/// <summary>
/// Runs the jobs of a job folder, one child process each. A result is written when its job ends, so a run that is
/// killed goes on where it stopped.
/// </summary>
public sealed class Scheduler(string folder, Plan plan, RunOptions options)
{
    private readonly string _results = Path.Combine(folder, Plan.ResultsFolder);

    public string ResultPath(Job job) => Path.Combine(_results, job.Id + ".json");

    /// <summary>The result of a job that has ended; null if it has not, or if its code has changed since.</summary>
    /// <exception cref="InvalidDataException">The file is no result of this job; the message names file and field.</exception>
    public JobResult? Result(Job job)
    {
        var path = ResultPath(job);
        var kind = FileKind.Of(path);
        if (!kind.Exists) return null;
        if (!kind.IsRegular) throw new InvalidDataException($"{path}: is no regular file");
        try
        {
            var result = JsonSerializer.Deserialize<JobResult>(File.ReadAllText(path), Plan.Json) ?? throw new JsonException("empty");
            return result.Hash != job.Variant.Hash && result.Job == job.Id ? null
                : Checked.Trouble(result, job) is { } trouble ? throw new InvalidDataException($"{path}: {trouble}") : result;
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path}: cannot be read: {error.Message.Split('\n')[0]}", error);
        }
    }

    /// <summary>The same for a run, which makes anew what is no result, and says so.</summary>
    private JobResult? Kept(Job job)
    {
        try { return Result(job); }
        catch (InvalidDataException error)
        {
            Console.Error.WriteLine($"{error.Message}: it is trained again");
            return null;
        }
    }

    /// <summary>Runs what has no result yet.</summary>
    /// <param name="ended">Called after each job, and at the start for each result that was already there.</param>
    /// <param name="cancellation">Ends what runs.</param>
    /// <param name="started">Called before each job.</param>
    public void Run(Action<JobResult> ended, CancellationToken cancellation, Action<Job>? started = null)
    {
        Directory.CreateDirectory(_results);
        var waiting = new ConcurrentQueue<Job>();
        foreach (var job in options.Shard.Of(plan.Jobs()))
            if (Kept(job) is { } done) ended(done); else waiting.Enqueue(job);
        var gate = new object();
        Exception? failure = null;
        var workers = Enumerable.Range(0, Math.Max(1, options.Workers)).Select(_ => new Thread(() =>
        {
            try
            {
                while (failure is null && !cancellation.IsCancellationRequested && waiting.TryDequeue(out var job))
                {
                    started?.Invoke(job);
                    var result = RunJob(job, cancellation);
                    if (result is null) return; // cancelled: it has no result and will run again
                    if (result.Outcome == JobResult.CannotRun)
                        // The machine's fault, not the code's: nothing was learned.
                        throw new InvalidOperationException($"{job.Id}: {result.Detail}");
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
        using var scratch = new ScratchFolder();
        var log = Path.Combine(scratch.Path, "curve.tsv");
        var answer = Path.Combine(scratch.Path, "outcome.json");
        // One core a job, so that jobs side by side do not slow each other and sums are taken in one order.
        var watch = job.Program.Watch;
        var work = watch is null ? scratch.Path : watch.Files is null ? watch.Here
            : CopyOf(Path.Combine(folder, watch.Files), Path.Combine(scratch.Path, "work"));
        var end = Child.Run(folder, work,
        [
            "job", Path.GetFullPath(Path.Combine(folder, job.Variant.Assembly)), job.Program.Method,
            (job.Seed + job.Variant.SeedOffset).ToString(CultureInfo.InvariantCulture), options.Device, scratch.Path, log, answer,
            Path.GetFullPath(Path.Combine(folder, Plan.TensorBoardFolder, job.Program.Id, job.Variant.Name, $"seed-{job.Seed}")),
            options.LibTorch ?? (plan.LibTorch is { } here && Directory.Exists(here) ? here : ""),
            .. watch is null ? Enumerable.Empty<string>()
                : [watch.Steps.ToString(CultureInfo.InvariantCulture), watch.Score ?? "", .. watch.Arguments],
        ], plan.TimeLimitSeconds, plan.MemoryLimitMiB, threads: 1, cancellation);
        if (end is { WasToldToStop: true }) throw new InvalidOperationException($"{job.Id}: was stopped from outside; the results so "
            + "far are kept: go on with --resume, or run the folder again");
        return end is null ? null : Judge(job, end, log, answer);
    }

    private static string CopyOf(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        return to;
    }

    /// <summary>Points that are read of a job's log, and those that a result keeps of them.</summary>
    private const int MostLogged = 2_000_000, MostKept = 4_000;

    private static JobResult Judge(Job job, ChildEnd end, string log, string answer)
    {
        var curve = File.Exists(log) ? File.ReadLines(log).Take(MostLogged).Select(ParsePoint).OfType<Point>().ToList() : [];
        ChildAnswer? own = null;
        string? broken = null;
        try { own = File.Exists(answer) ? JsonSerializer.Deserialize<ChildAnswer>(File.ReadAllText(answer), Plan.Json) : null; }
        // It lies in the program's reach.
        catch (JsonException) { broken = "its answer cannot be read"; }
        var outcome = end.Stopped ?? own?.Outcome ?? JobResult.Crashed;
        var detail = end.Stopped is not null ? null : broken ?? own?.Detail
            ?? (own is null ? $"the process ended with exit code {end.ExitCode}{(end.Said.Length > 0 ? ": " + end.Said : "")}" : null);
        var reached = curve.Where(p => job.Program.LossBelow is { } loss ? p.Loss <= loss : p.Metric >= job.Program.MetricAbove)
            .Select(p => (int?)p.Step).FirstOrDefault();
        var result = new JobResult
        {
            Job = job.Id, Program = job.Program.Id, Variant = job.Variant.Name, Seed = job.Seed, Hash = job.Variant.Hash, Outcome = outcome,
            Detail = detail, Seconds = Math.Round(end.Seconds, 2),
            StepsToTarget = job.Program.Watch is null ? reached : null,
            Environment = own?.Environment ?? new Dictionary<string, string>(), Curve = curve,
        };
        var main = result.MainCurve;
        if (curve.Count > MostKept)
        {
            var every = (curve.Count + MostKept - 1) / MostKept;
            result = result with { Curve = curve.Where((_, i) => i % every == 0 || i == curve.Count - 1).ToList(), Logged = curve.Count };
        }
        return main.Count == 0 ? result : result with
        {
            FinalLoss = main[^1].Loss, FinalMetric = main[^1].Metric,
            Score = job.Program.Watch is null ? null : main.Average(p => p.Metric),
        };
    }

    private static Point? ParsePoint(string line)
    {
        var parts = line.Split('\t');
        // The last line of a killed job may be cut off.
        return parts.Length is 4 or 5 && int.TryParse(parts[0], CultureInfo.InvariantCulture, out var step)
            && double.TryParse(parts[1], CultureInfo.InvariantCulture, out var loss)
            ? new Point(step, loss,
                parts[2].Length > 0 && double.TryParse(parts[2], CultureInfo.InvariantCulture, out var metric) ? metric : null,
                parts.Length == 5 && int.TryParse(parts[4], CultureInfo.InvariantCulture, out var place) ? place : null)
            : null;
    }
}

/// <summary>What a job's process says of itself.</summary>
public sealed record ChildAnswer(string Outcome, string? Detail, IReadOnlyDictionary<string, string> Environment);
