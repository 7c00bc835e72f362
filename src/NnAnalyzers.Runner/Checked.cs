using System.Text.RegularExpressions;

namespace NnAnalyzers.Runner;

/// <summary>What a plan and a result must be beyond their form, before anything is done with them: they may come from elsewhere.</summary>
internal static partial class Checked
{
    private const int Version = 1, MostSeeds = 100_000;

    private static readonly HashSet<string> Outcomes =
    [
        JobResult.Finished, JobResult.Diverged, JobResult.Crashed, JobResult.TimedOut, JobResult.OutOfMemory,
    ];

    /// <summary>Which field of a plan is wrong, and how; null where none is.</summary>
    public static string? Trouble(Plan plan)
    {
        if (plan.Version != Version) return $"version: {plan.Version}, this nn reads {Version}";
        if (plan.Seeds is < 0 or > MostSeeds) return $"seeds: {plan.Seeds}";
        if (plan.TimeLimitSeconds is not (> 0 and <= 1e9)) return $"timeLimitSeconds: {plan.TimeLimitSeconds}";
        if (plan.MemoryLimitMiB <= 0) return $"memoryLimitMiB: {plan.MemoryLimitMiB}";
        if (plan.Programs is null) return "programs: null";
        for (var i = 0; i < plan.Programs.Count; i++)
        {
            var at = $"programs[{i}]";
            if (plan.Programs[i] is not { } program) return $"{at}: null";
            if (!IsName(program.Id)) return $"{at}.id: '{program.Id}' is no file name";
            if (plan.Programs.Take(i).Any(p => p!.Id == program.Id)) return $"{at}.id: {program.Id} is there twice";
            foreach (var (value, name) in new[] { (program.Rule, "rule"), (program.RuleTitle, "ruleTitle"), (program.Place, "place"),
                (program.Message, "message"), (program.FixTitle, "fixTitle"), (program.Diff, "diff"), (program.Method, "method") })
                if (value is null) return $"{at}.{name}: null";
            if (program.Variants is null or []) return $"{at}.variants: none";
            for (var j = 0; j < program.Variants.Count; j++)
            {
                if (program.Variants[j] is not { } variant) return $"{at}.variants[{j}]: null";
                if (!IsName(variant.Name)) return $"{at}.variants[{j}].name: '{variant.Name}' is no file name";
                if (variant.Hash is null) return $"{at}.variants[{j}].hash: null";
                if (!IsInside(variant.Assembly)) return $"{at}.variants[{j}].assembly: '{variant.Assembly}' is not in the folder";
                if (program.Variants.Take(j).Any(v => v!.Name == variant.Name && v.ForSeed == variant.ForSeed))
                    return $"{at}.variants[{j}].name: {variant.Name} is there twice";
            }
            if (program.Watch is not { } watch) continue;
            if (watch.Steps < 1) return $"{at}.watch.steps: {watch.Steps}";
            if (watch.Files is { } files && !IsInside(files)) return $"{at}.watch.files: '{files}' is not in the folder";
            if (watch.Here is null) return $"{at}.watch.here: null";
            if (watch.Arguments is null || watch.Arguments.Any(a => a is null)) return $"{at}.watch.arguments: null";
        }
        return null;
    }

    /// <summary>Which field of a result is wrong, and how, as that of a job; null where none is.</summary>
    public static string? Trouble(JobResult result, Job job)
    {
        if (result.Version != Version) return $"version: {result.Version}, this nn reads {Version}";
        if (result.Job != job.Id) return $"job: {result.Job} instead of {job.Id}";
        if (result.Program != job.Program.Id) return $"program: {result.Program} instead of {job.Program.Id}";
        if (result.Variant != job.Variant.Name) return $"variant: {result.Variant} instead of {job.Variant.Name}";
        if (result.Seed != job.Seed) return $"seed: {result.Seed} instead of {job.Seed}";
        if (result.Hash != job.Variant.Hash) return "hash: it was trained with other code";
        if (!Outcomes.Contains(result.Outcome)) return $"outcome: '{result.Outcome}' is none of {string.Join(", ", Outcomes)}";
        if (result.Seconds is not (>= 0 and <= 1e9)) return $"seconds: {result.Seconds}";
        if (result.StepsToTarget < 0) return $"stepsToTarget: {result.StepsToTarget}";
        if (result.StepsToTarget is not null && job.Program.LossBelow is null && job.Program.MetricAbove is null)
            return "stepsToTarget: the program has no target";
        if (result.Curve is null) return "curve: null";
        if (result.Environment is null) return "environment: null";
        if (result.Logged < result.Curve.Count) return $"logged: {result.Logged}, the curve has {result.Curve.Count}";
        if (result.Environment.Any(e => e.Value is null)) return $"environment.{result.Environment.First(e => e.Value is null).Key}: null";
        for (var i = 0; i < result.Curve.Count; i++)
            if (result.Curve[i].Step < 0) return $"curve[{i}].step: {result.Curve[i].Step}";
        return null;
    }

    /// <summary>A name that stays in its folder on every system.</summary>
    private static bool IsName(string? name) => name is { Length: > 0 and < 200 } && FileName().IsMatch(name) && !name.StartsWith('.');

    private static bool IsInside(string? path) => path is { Length: > 0 } && !Path.IsPathRooted(path)
        && path.Split('/', '\\').All(p => p.Length > 0 && p is not ("." or "..") && p.IndexOf(':', StringComparison.Ordinal) < 0);

    // Ids are made of names of C#, which may be of any script.
    [GeneratedRegex(@"^[\w.+\-]+$", RegexOptions.CultureInvariant)]
    private static partial Regex FileName();
}
