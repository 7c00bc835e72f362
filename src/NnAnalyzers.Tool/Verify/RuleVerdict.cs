using MathNet.Numerics.Statistics;

namespace NnAnalyzers.Tool.Verify;

/// <summary>What the programs of a rule say together. A program is one vote, however many seeds it was run with.</summary>
/// <param name="Programs">Those with a verdict.</param>
/// <param name="NoVerdict">Programs of which nothing can be said.</param>
/// <param name="PValue">Of the claim that the fix helps in at least <see cref="Least"/> of the programs.</param>
/// <param name="Adjusted">The same, corrected for the number of rules that were asked.</param>
internal sealed record RuleVerdict(string Rule, IReadOnlyList<Verdict> Programs, int NoVerdict, int Seeds, double PValue,
    double Adjusted)
{
    public const string Proven = "proven", FewPrograms = "helps (few programs or seeds)", Some = "helps in some", Mixed = "helps and harms";

    /// <summary>What a rule needs to be proven.</summary>
    public const int EnoughPrograms = 5, EnoughSeeds = 10;

    public int Helped => Programs.Count(v => v.Good);
    public int Worse => Programs.Count(v => v.Judgement == Verdict.Harms);
    public int NoDifference => Programs.Count - Helped - Worse;

    /// <summary>Four fifths of the programs, rounded up.</summary>
    public int Least => LeastOf(Programs.Count);

    /// <summary>Median over the programs of how often the fixed run is the better one, with the least and the most of them.</summary>
    public (double Median, double Low, double High)? Effect => Programs.Count == 0 ? null
        : (Programs.Select(v => v.Effect).Median(), Programs.Min(v => v.Effect), Programs.Max(v => v.Effect));

    /// <summary>Median over the programs of how many times sooner the fixed run is at its target; null where none can be told.</summary>
    public double? Sooner => Programs.Select(v => v.Sooner).OfType<double>().ToList() is { Count: > 0 } known ? known.Median() : null;

    public bool Good => Judgement is Proven or FewPrograms;

    public string Judgement => Programs.Count == 0 ? Verdict.NotWatched
        : Worse > 0 ? Helped > 0 ? Mixed : Verdict.Harms
        : Adjusted <= 0.05 && Programs.Count >= EnoughPrograms && Seeds >= EnoughSeeds ? Proven
        : Helped == Programs.Count ? FewPrograms
        : Helped > 0 ? Some : Verdict.NoEffect;

    /// <summary>
    /// Whether a fix helps in at least so many of a rule's programs is asked of the programs' own p-values, put together as for a partial
    /// conjunction (Benjamini and Heller, <i>Screening for Partial Conjunction Hypotheses</i>, Biometrics 2008; their form after Simes: the
    /// programs are run independently). Of the rules together Holm's correction (1979) keeps the chance of one wrong claim below 5 %.
    /// </summary>
    public static IReadOnlyList<RuleVerdict> Of(IEnumerable<Verdict> verdicts, int seeds)
    {
        var rules = verdicts.GroupBy(v => v.Program.Rule).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g =>
        {
            var told = g.Where(v => v.Judgement != Verdict.NotWatched).ToList();
            return new RuleVerdict(g.Key, told, g.Count() - told.Count, seeds,
                AtLeast(LeastOf(told.Count), told.Select(v => v.PValue)), 1);
        }).ToList();
        var adjusted = Holm(rules.Select(r => r.PValue).ToList());
        return rules.Select((r, i) => r with { Adjusted = adjusted[i] }).ToList();
    }

    private static int LeastOf(int programs) => (4 * programs + 4) / 5;

    /// <summary>The p-value of "at least <paramref name="least"/> of these are no chance".</summary>
    public static double AtLeast(int least, IEnumerable<double> pValues)
    {
        var sorted = pValues.Order().ToList();
        return sorted.Count == 0 ? 1 : Math.Min(1, Enumerable.Range(least, sorted.Count - least + 1)
            .Min(i => (sorted.Count - least + 1.0) / (i - least + 1) * sorted[i - 1]));
    }

    /// <summary>Holm's step-down correction, in the order of the values.</summary>
    public static IReadOnlyList<double> Holm(IReadOnlyList<double> pValues)
    {
        var adjusted = new double[pValues.Count];
        var largest = 0.0;
        foreach (var (index, rank) in Enumerable.Range(0, pValues.Count).OrderBy(i => pValues[i]).Select((i, rank) => (i, rank)))
            adjusted[index] = largest = Math.Max(largest, Math.Min(1, (pValues.Count - rank) * pValues[index]));
        return adjusted;
    }
}
