using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;
using NnAnalyzers.Runner;

namespace NnAnalyzers.Tool.Verify;

/// <summary>How one version of a program did over its seeds.</summary>
/// <param name="Reached">Seeds that reached the target.</param>
/// <param name="Runs">Seeds that were run.</param>
/// <param name="Low">Lower end of the 95 % Wilson interval of the share that reaches it.</param>
/// <param name="High">Upper end.</param>
/// <param name="MedianSteps">Median steps to the target, of the seeds that reached it.</param>
/// <param name="MedianLoss">Median of the last losses, of the runs that logged one.</param>
/// <param name="Outcomes">How the runs ended, and how many each way.</param>
internal sealed record Tally(int Reached, int Runs, double Low, double High, double? MedianSteps, double? MedianLoss,
    IReadOnlyDictionary<string, int> Outcomes)
{
    /// <summary>Of programs without a target: the median over the seeds of the mean score of a run; null where none has one.</summary>
    public double? MedianScore { get; private init; }

    public static Tally Of(IReadOnlyCollection<JobResult> results)
    {
        var reached = results.Count(r => r.ReachedTarget);
        var (low, high) = Wilson(reached, results.Count);
        double? Median(IEnumerable<double> values) => values.ToList() is { Count: > 0 } list ? list.Median() : null;
        return new Tally(reached, results.Count, low, high,
            Median(results.Where(r => r.ReachedTarget).Select(r => (double)r.StepsToTarget!)),
            Median(results.Where(r => r.FinalLoss is { } l && double.IsFinite(l)).Select(r => r.FinalLoss!.Value)),
            results.GroupBy(r => r.Outcome).OrderBy(g => g.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count()))
            { MedianScore = Median(results.Select(r => r.Score).OfType<double>()) };
    }

    /// <summary>Wilson's score interval (1927) for a share, at 95 %.</summary>
    /// <param name="hits">A tie counts half.</param>
    public static (double Low, double High) Wilson(double hits, int n)
    {
        if (n == 0) return (0, 1);
        var z = Normal.InvCDF(0, 1, 0.975);
        double p = hits / n, z2 = z * z;
        var centre = (p + z2 / (2 * n)) / (1 + z2 / n);
        var half = z / (1 + z2 / n) * Math.Sqrt(p * (1 - p) / n + z2 / (4.0 * n * n));
        return (Math.Max(0, centre - half), Math.Min(1, centre + half));
    }
}

/// <summary>Whether a fix helped, from runs with the same seeds before and after.</summary>
internal sealed record Verdict(ProgramPlan Program, Tally Flagged, Tally Fixed, Tally Nothing, Tally Random, int Better, int Worse,
    double PValue, string Judgement)
{
    public const string Helps = "helps", LikelyHelps = "helps (few seeds)", NoEffect = "no effect shown", Harms = "harms",
        NotWatched = "no verdict: nothing to compare was seen";

    /// <summary>Of scores from -1 to 1 a smaller difference is none; of losses one of less than a twentieth.</summary>
    private const double LeastScore = 0.01, LeastShare = 0.05;

    public bool Good => Judgement is Helps or LikelyHelps;

    /// <summary>Its trainings say something, if only that no effect is shown.</summary>
    public bool IsTold => Good || Judgement is NoEffect or Harms;

    /// <summary>
    /// How often the fixed run is the better one of a pair, from 0 to 1, with a tie as half: ½ is no effect. The common language effect
    /// size of McGraw and Wong (1992), of pairs; with Wilson's 95 % interval.
    /// </summary>
    public required double Effect { get; init; }
    public required (double Low, double High) EffectInterval { get; init; }

    /// <summary>
    /// How many times sooner the fixed run is at its target, the median over the seeds. A flagged run that never is counts as if it were
    /// at the end of the program: the figure is then too small. Null where a version does not run or the fixed one does not get there.
    /// </summary>
    public double? Sooner { get; private init; }

    /// <summary>Whether the controls alone beat the flagged code by the same test: the same code with other seeds, a random edit.</summary>
    public bool NothingHelps { get; private init; }
    public bool RandomHelps { get; private init; }

    /// <summary>
    /// Pairs runs by seed. The fixed run is better if it alone reaches the target, or reaches it in fewer steps. The
    /// one-sided sign test decides at 5 %; with fewer than five seeds it cannot, and every pair must be better.
    /// </summary>
    public static Verdict Of(ProgramPlan program, IReadOnlyCollection<JobResult> results)
    {
        List<JobResult> Kind(string kind) => results.Where(r => r.Program == program.Id
            && (kind == Variant.Random ? r.Variant.StartsWith(kind, StringComparison.Ordinal) : r.Variant == kind)).ToList();
        var (flagged, mended) = (Kind(Variant.Flagged), Kind(Variant.Fixed));
        var (nothing, random) = (Kind(Variant.Nothing), Kind(Variant.Random));
        var pairs = Pairs(program, flagged, mended);
        var (better, worse) = (pairs.Count(c => c > 0), pairs.Count(c => c < 0));
        var (gain, loss) = (Sign(better, worse), Sign(worse, better));
        var judgement = pairs.Count == 0 ? NotWatched : gain <= 0.05 ? Helps
            : loss <= 0.05 ? Harms
            : pairs.Count is > 0 and < 5 && better == pairs.Count ? LikelyHelps
            : NoEffect;
        var wins = better + (pairs.Count - better - worse) / 2.0;
        bool Beats(List<JobResult> control) =>
            Pairs(program, flagged, control) is var c && Sign(c.Count(x => x > 0), c.Count(x => x < 0)) <= 0.05;
        return new Verdict(program, Tally.Of(flagged), Tally.Of(mended), Tally.Of(nothing), Tally.Of(random), better, worse, gain,
            judgement)
        {
            Effect = pairs.Count == 0 ? 0.5 : wins / pairs.Count, EffectInterval = Tally.Wilson(wins, pairs.Count),
            Sooner = SoonerOf(flagged, mended), NothingHelps = Beats(nothing), RandomHelps = Beats(random),
        };
    }

    /// <summary>The one-sided sign test: how likely so many wins are if they are as likely as losses.</summary>
    private static double Sign(int wins, int losses) => wins + losses == 0 ? 1 : 1 - Binomial.CDF(0.5, wins + losses, wins - 1);

    /// <summary>Of each seed whether the second run is better, worse, or neither; not those that cannot be compared.</summary>
    private static List<int> Pairs(ProgramPlan program, List<JobResult> first, List<JobResult> second) => first.Join(second,
        r => r.Seed, r => r.Seed, (before, after) => program.Watch is null ? Compare(before, after) : CompareScores(before, after))
        .OfType<int>().ToList();

    private static double? SoonerOf(List<JobResult> flagged, List<JobResult> mended)
    {
        var end = mended.Concat(flagged).SelectMany(r => r.Curve).Select(p => (double)p.Step).DefaultIfEmpty(0).Max();
        var factors = flagged.Where(r => r.Curve.Count > 0).Join(mended.Where(r => r.ReachedTarget), r => r.Seed, r => r.Seed,
            (before, after) => (before.ReachedTarget ? before.StepsToTarget!.Value : end) / after.StepsToTarget!.Value).ToList();
        return 2 * factors.Count > flagged.Count ? factors.Median() : null;
    }

    /// <summary>Out of time or memory says nothing of the code.</summary>
    private static bool WasCut(JobResult run) => run.Outcome is JobResult.TimedOut or JobResult.OutOfMemory;

    /// <summary>
    /// The fixed run is better if it alone comes to its end, or has the higher score, or, where no score can be told, the lower loss; null
    /// where nothing can be compared.
    /// </summary>
    private static int? CompareScores(JobResult before, JobResult after)
    {
        bool Ran(JobResult r) => r.Outcome == JobResult.Finished;
        if (WasCut(before) || WasCut(after)) return null;
        if (Ran(before) != Ran(after)) return Ran(after) ? 1 : -1;
        if (!Ran(before)) return null;
        if (before.Score is { } a && after.Score is { } b) return Math.Abs(b - a) < LeastScore ? 0 : b.CompareTo(a);
        if (before.MainCurve.Count == 0 || after.MainCurve.Count == 0) return null;
        var (x, y) = (before.MainCurve.Average(p => p.Loss), after.MainCurve.Average(p => p.Loss));
        return Math.Abs(y - x) <= LeastShare * Math.Abs(x) ? 0 : x.CompareTo(y);
    }

    private static int? Compare(JobResult before, JobResult after) => (before.ReachedTarget, after.ReachedTarget) switch
    {
        _ when WasCut(before) || WasCut(after) => null,
        _ when before.Outcome == JobResult.Crashed && after.Outcome == JobResult.Crashed => null,
        (false, true) => 1,
        (true, false) => -1,
        (true, true) => before.StepsToTarget!.Value.CompareTo(after.StepsToTarget!.Value),
        _ => 0,
    };
}
