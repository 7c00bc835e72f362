using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using System.Text.Json;

namespace NnAnalyzers.Runner;

/// <summary>
/// <c>nn-run FOLDER [--device auto|cpu|cuda] [--jobs N] [--libtorch DIR] [--shard 2/8]</c> runs the jobs of a job folder. <c>job ..</c>
/// is one of them, in a process of its own; <c>probe QUESTION ANSWER</c> asks what keeps one model from learning, <c>probe-program</c> what
/// keeps a program's.
/// </summary>
public static class Program
{
    public static int Main(string[] args)
    {
        // Everything a program needs lies beside this file.
        AssemblyLoadContext.Default.Resolving += (context, name) =>
            Path.Combine(AppContext.BaseDirectory, name.Name + ".dll") is var path && File.Exists(path)
                ? context.LoadFromAssemblyPath(path) : null;
        try
        {
            return args switch
            {
                ["job", ..] => InGroup(() => RunJob(args[1..])),
                ["probe", var question, var answer] => InGroup(() => RunProbe(question, answer, isProgram: false)),
                ["probe-program", var question, var answer] => InGroup(() => RunProbe(question, answer, isProgram: true)),
                _ => RunFolder(args),
            };
        }
        catch (Exception error) when (error is InvalidDataException or InvalidOperationException or IOException
            or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"nn-run: {error.Message}");
            return 2;
        }
    }

    private static int InGroup(Func<int> run)
    {
        Processes.LeadGroup();
        return run();
    }

    private const string Usage =
        "usage: nn-run FOLDER [--device auto|cpu|cuda] [--jobs N] [--libtorch DIR] [--shard 2/8|auto|auto/8]";

    private static readonly string[] Options = ["--device", "--jobs", "--libtorch", "--shard"];

    /// <summary>Without a library for the command line: what lies beside this file lies beside the user's program, which may bring another
    /// version of it.</summary>
    private static int RunFolder(string[] args)
    {
        if (args is ["-h" or "-?" or "--help"])
        {
            Console.WriteLine(Usage);
            return 0;
        }
        if (args.Length == 0 || args[0].StartsWith('-')) throw new InvalidDataException(Usage);
        foreach (var name in args.Skip(1).Where((_, i) => i % 2 == 0))
            if (!Options.Contains(name)) throw new InvalidDataException($"no option '{name}': {Usage}");
        if (args.Length % 2 == 0) throw new InvalidDataException($"{args[^1]} needs a value: {Usage}");
        string? Value(string name) => Array.IndexOf(args, name, 1) is >= 1 and var at ? args[at + 1] : null;
        if (Value("--device") is not (null or "auto" or "cpu" or "cuda"))
            throw new InvalidDataException($"--device '{Value("--device")}' is none of auto, cpu and cuda");
        var workers = Environment.ProcessorCount;
        if (Value("--jobs") is { } jobs && (!int.TryParse(jobs, CultureInfo.InvariantCulture, out workers) || workers < 1))
            throw new InvalidDataException($"--jobs '{jobs}' is no number of 1 or more");
        var plan = Plan.Load(args[0]);
        var shard = Value("--shard") is { } share ? Shard.Parse(share) : Shard.Whole;
        using var held = new FolderLock(args[0], shard);
        var scheduler = new Scheduler(args[0], plan,
            new RunOptions(Value("--device") ?? "auto", workers,
                Value("--libtorch") is { } libtorch ? Path.GetFullPath(libtorch) : null) { Shard = shard });
        var (done, all) = (0, shard.Of(plan.Jobs()).Count());
        scheduler.Run(result => Console.WriteLine(
            $"[{++done}/{all}] {result.Job}: {result.Outcome}{(result.Detail is null ? "" : " (" + result.Detail + ")")}"),
            CancellationToken.None);
        return 0;
    }

    private static string Processor() =>
        File.Exists("/proc/cpuinfo")
            && File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) is { } line
            ? line[(line.IndexOf(':') + 1)..].Trim()
            : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER")
                ?? System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString();

    [MethodImpl(MethodImplOptions.NoInlining)] // the companion is loaded from the job folder, after the handler above is in place
    private static int RunJob(string[] args)
    {
        var (outcome, detail, environment) = Companion.JobHost.Run(args[0], args[1],
            int.Parse(args[2], CultureInfo.InvariantCulture), args[3], 1,
            args[8].Length > 0 ? args[8] : null, args[4], args[5], args[7],
            args.Length == 9 ? null
                : new(int.Parse(args[9], CultureInfo.InvariantCulture), args[11..], args[10].Length > 0 ? args[10] : null));
        var all = new Dictionary<string, string>(environment)
        {
            ["runtime"] = System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription,
            ["os"] = System.Runtime.InteropServices.RuntimeInformation.OSDescription,
            ["processor"] = Processor(),
            ["processors"] = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture),
        };
        AtomicFile.Write(args[6], JsonSerializer.Serialize(new ChildAnswer(outcome, detail, all), Plan.Json));
        return outcome == JobResult.Finished ? 0 : 1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int RunProbe(string question, string answer, bool isProgram)
    {
        var job = File.ReadAllText(question);
        AtomicFile.Write(answer, isProgram ? Companion.ProbeHost.RunProgram(job) : Companion.ProbeHost.Run(job));
        return 0;
    }
}
