using System.Text.Json;
using System.Text.Json.Serialization;

namespace NnAnalyzers.Runner;

/// <summary>What a job folder holds: the programs to train, each in several variants. Saved as plan.json.</summary>
public sealed record Plan
{
    public const string FileName = "plan.json", AppFolder = "app", ResultsFolder = "results", TensorBoardFolder = "tensorboard";
    public static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public int Version { get; init; } = 1;
    public required int Seeds { get; init; }

    /// <summary>Longest time one job may take, in seconds.</summary>
    public double TimeLimitSeconds { get; init; } = 120;

    /// <summary>Most memory one job may hold, in MiB.</summary>
    public long MemoryLimitMiB { get; init; } = 4096;

    /// <summary>Where this machine's libtorch is; null where the machine that runs the jobs must bring one.</summary>
    public string? LibTorch { get; init; }
    public required IReadOnlyList<ProgramPlan> Programs { get; init; }

    public IEnumerable<Job> Jobs() =>
        from seed in Enumerable.Range(0, Seeds)
        from program in Programs
        from variant in program.Variants
        where variant.ForSeed is null || variant.ForSeed == seed
        select new Job(program, variant, seed);

    public void Save(string folder) => AtomicFile.Write(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, Json));

    /// <exception cref="InvalidDataException">The folder has no readable plan; the message says so in one line.</exception>
    public static Plan Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!FileKind.Of(path).IsRegular)
            throw new InvalidDataException($"{folder} is no job folder: it has no {FileName} (make one with nn verify --prepare)");
        try
        {
            var plan = JsonSerializer.Deserialize<Plan>(File.ReadAllText(path), Json) ?? throw new JsonException("empty");
            return Checked.Trouble(plan) is { } trouble ? throw new InvalidDataException($"{path}: {trouble}") : plan;
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path} cannot be read: {error.Message.Split('\n')[0]}", error);
        }
    }
}

/// <summary>One training program with one rule's findings in it.</summary>
public sealed record ProgramPlan
{
    /// <summary>Unique in the plan, and a file name.</summary>
    public required string Id { get; init; }
    public required string Rule { get; init; }
    public required string RuleTitle { get; init; }

    /// <summary>Where the first finding is, as file(line,column).</summary>
    public required string Place { get; init; }
    public required string Message { get; init; }
    public required string FixTitle { get; init; }

    /// <summary>What the fix changes, as a unified diff.</summary>
    public required string Diff { get; init; }

    /// <summary>Namespace.Type.Method of the training method; empty for the entry point.</summary>
    public required string Method { get; init; }

    /// <summary>How to run a program that does not log itself; null for one that does.</summary>
    public WatchPlan? Watch { get; init; }

    /// <summary>Success: a loss of at most this; or a metric of at least <see cref="MetricAbove"/>.</summary>
    public double? LossBelow { get; init; }
    public double? MetricAbove { get; init; }

    /// <summary>The claim this program tests; null for one that was fixed.</summary>
    public string? Claim { get; init; }
    public bool ClaimedToFail { get; init; }
    public required IReadOnlyList<Variant> Variants { get; init; }
}

/// <summary>How an ordinary program is run. It has no target: what counts is its mean score over the run.</summary>
/// <param name="Steps">How many losses may go backward.</param>
/// <param name="Arguments">Of its entry point.</param>
/// <param name="Files">Folder of the job folder that each run gets a copy of to work in; null to work in <paramref name="Here"/>.</param>
/// <param name="Here">The program's own folder.</param>
/// <param name="Score">Type.Method that scores an output against a target; null for accuracy and R².</param>
public sealed record WatchPlan(int Steps, IReadOnlyList<string> Arguments, string? Files, string Here, string? Score);

/// <summary>One version of a program.</summary>
/// <param name="Name">flagged, fixed, nothing or random-n.</param>
/// <param name="Assembly">Path in the job folder.</param>
/// <param name="SeedOffset">Added to the seed: the do-nothing control is the flagged code with other seeds.</param>
/// <param name="ForSeed">The only seed it is run with; null for all.</param>
/// <param name="Edit">What a random edit changed.</param>
public sealed record Variant(string Name, string Assembly, int SeedOffset = 0, int? ForSeed = null, string? Edit = null)
{
    public const string Flagged = "flagged", Fixed = "fixed", Nothing = "nothing", Random = "random";

    /// <summary>Fingerprint of the assembly: a result counts for the code it came from only.</summary>
    public string Hash { get; init; } = "";

    /// <summary>Random edits differ from seed to seed but count as one kind.</summary>
    [JsonIgnore] public string Kind => Name.StartsWith(Random, StringComparison.Ordinal) ? Random : Name;
}

/// <summary>One training: a program, a variant, a seed.</summary>
public sealed record Job(ProgramPlan Program, Variant Variant, int Seed)
{
    public string Id => $"{Program.Id}.{Variant.Name}.{Seed}";
}

/// <summary>How a job ended. Saved as results/ID.json when it has.</summary>
public sealed record JobResult
{
    /// <summary>What a job says of itself, and what its parent says of one that never came back.</summary>
    public const string Finished = Companion.JobHost.Finished, Crashed = Companion.JobHost.Crashed, CannotRun = Companion.JobHost.CannotRun,
        Diverged = Companion.JobHost.Diverged,
        TimedOut = "timed out", OutOfMemory = "out of memory";

    public int Version { get; init; } = 1;
    public required string Job { get; init; }
    public required string Program { get; init; }
    public required string Variant { get; init; }
    public required int Seed { get; init; }

    /// <summary>The fingerprint of the code that was trained.</summary>
    public string Hash { get; init; } = "";

    /// <summary>
    /// finished, diverged, crashed, timed out or out of memory; cannot run when the machine lacks something, and then it is not saved.
    /// </summary>
    public required string Outcome { get; init; }
    public string? Detail { get; init; }
    public double Seconds { get; init; }

    /// <summary>First step at which the target was met; null if never.</summary>
    public int? StepsToTarget { get; init; }
    public double? FinalLoss { get; init; }
    public double? FinalMetric { get; init; }

    /// <summary>Of a program without a target: the mean of its score over the run, or null where it has none.</summary>
    public double? Score { get; init; }
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>How many points were logged, where <see cref="Curve"/> keeps only some of them; null where it has all.</summary>
    public int? Logged { get; init; }

    /// <summary>Logged points: step, loss, metric.</summary>
    public IReadOnlyList<Point> Curve { get; init; } = [];

    /// <summary>Of several losses that go backward the first with a score; the only one else.</summary>
    [JsonIgnore] public IReadOnlyList<Point> MainCurve => Curve.GroupBy(p => p.Place)
        .OrderByDescending(g => g.Any(p => p.Metric is not null)).ThenBy(g => g.Key).FirstOrDefault()?.ToList() ?? [];

    [JsonIgnore] public bool ReachedTarget => StepsToTarget is not null && Outcome == Finished;
}

/// <summary>One logged point.</summary>
/// <param name="Place">Which of several losses that go backward; null for the only one.</param>
public readonly record struct Point(int Step, double Loss, double? Metric, int? Place = null);
