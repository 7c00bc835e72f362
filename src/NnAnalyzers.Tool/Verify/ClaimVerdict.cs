using NnAnalyzers.Runner;

namespace NnAnalyzers.Tool.Verify;

/// <summary>Whether a claim held in our runs.</summary>
/// <param name="Held">Seeds in which it held.</param>
internal sealed record ClaimVerdict(ProgramPlan Program, Tally Runs, int Held, string Judgement)
{
    public const string Reproduced = "reproduced", Mixed = "in some seeds only",
        NotReproduced = "not reproduced", NotRun = "could not be run";

    public bool Good => Judgement == Reproduced;

    public static ClaimVerdict Of(ProgramPlan program, IEnumerable<JobResult> results)
    {
        var runs = results.Where(r => r.Program == program.Id).ToList();
        // A run that blew up has not reached its target; one that crashed or ran out of time shows nothing.
        var told = runs.Where(r => r.Outcome is JobResult.Finished or JobResult.Diverged).ToList();
        var held = told.Count(r => r.ReachedTarget != program.ClaimedToFail);
        return new(program, Tally.Of(runs), held,
            told.Count == 0 ? NotRun : held == runs.Count ? Reproduced : held == 0 ? NotReproduced : Mixed);
    }

    /// <summary>The smallest and the largest of the numbers the runs ended with.</summary>
    public static string Figure(ProgramPlan program, IEnumerable<JobResult> results)
    {
        var runs = results.Where(r => r.Program == program.Id).ToList();
        var ends = runs.Select(r => program.MetricAbove is null ? r.FinalLoss : r.FinalMetric).OfType<double>()
            .Where(double.IsFinite).ToList();
        var figure = ends.Count == 0 ? "–" : ends.Min() == ends.Max() ? Report.Number(ends[0])
            : $"{Report.Number(ends.Min())} to {Report.Number(ends.Max())}";
        return (program.MetricAbove is null ? "loss " : "metric ") + figure + (runs.Count(r => r.Outcome != JobResult.Finished) is > 0
            and var bad ? $", {bad} {string.Join("/", runs.Select(r => r.Outcome).Where(o => o != JobResult.Finished).Distinct())}" : "");
    }
}
