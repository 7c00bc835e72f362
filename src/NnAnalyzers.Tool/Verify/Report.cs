using System.Globalization;
using System.Text.Json;
using NnAnalyzers.Companion;
using NnAnalyzers.Runner;

namespace NnAnalyzers.Tool.Verify;

/// <summary>Writes what a verification showed: an HTML page to look at, and a JSON file with every figure.</summary>
internal static class Report
{
    public const string PageName = "index.html";

    public static void Write(string folder, Plan plan, IReadOnlyList<Verdict> verdicts, IReadOnlyList<RuleVerdict> rules,
        IReadOnlyList<ClaimVerdict> claims, IReadOnlyList<JobResult> results, IReadOnlyDictionary<string, string> environment)
    {
        var json = new
        {
            environment,
            seeds = plan.Seeds,
            rules = rules.Select(r => new
            {
                r.Rule, programs = r.Programs.Count, r.Helped, r.NoDifference, r.Worse, r.NoVerdict, r.Least, r.PValue, r.Adjusted,
                effect = r.Effect?.Median, effectLow = r.Effect?.Low, effectHigh = r.Effect?.High, r.Sooner, r.Judgement,
            }),
            verdicts = verdicts.Select(v => new
            {
                v.Program.Rule, v.Program.Id, v.Program.Place, v.Program.Message, v.Program.FixTitle, v.Program.Diff,
                v.Program.LossBelow, v.Program.MetricAbove,
                v.Flagged, v.Fixed, v.Nothing, v.Random, v.Better, v.Worse, v.PValue, v.Judgement,
                v.Effect, effectLow = v.EffectInterval.Low, effectHigh = v.EffectInterval.High, v.Sooner, v.NothingHelps, v.RandomHelps,
                randomEdits = v.Program.Variants.Where(x => x.Edit is not null).Select(x => x.Edit),
            }),
            claims = claims.Select(c => new { c.Program.Id, c.Program.Claim, c.Program.ClaimedToFail, c.Program.LossBelow,
                c.Program.MetricAbove, c.Runs, c.Held, c.Judgement, figure = ClaimVerdict.Figure(c.Program, results) }),
            runs = results.OrderBy(r => r.Job, StringComparer.Ordinal),
        };
        AtomicFile.Write(Path.Combine(folder, "results.json"),
            JsonSerializer.Serialize(json, new JsonSerializerOptions(Plan.Json) { WriteIndented = false }));
        AtomicFile.Write(Path.Combine(folder, PageName), ReportHtml.Of(plan, verdicts, rules, claims, results, environment));
    }

    /// <summary>Median, least and most of the programs.</summary>
    public static string EffectOf(RuleVerdict rule) => rule.Effect is not var (median, low, high) ? "–"
        : string.Create(CultureInfo.InvariantCulture, $"{median:0.00} ({low:0.00} to {high:0.00})");

    /// <summary>A figure with three digits that count.</summary>
    public static string Number(double? value) => ReportChart.Number(value);
}
