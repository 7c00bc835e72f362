using System.Globalization;
using System.Text.Json;
using HandlebarsDotNet;
using NnAnalyzers.Runner;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace NnAnalyzers.Tool.Verify;

/// <summary>Writes what a verification showed: an HTML page to look at, and a JSON file with every figure.</summary>
internal static class Report
{
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
        AtomicFile.Write(Path.Combine(folder, "index.html"), Html(plan, verdicts, rules, claims, results, environment));
    }

    private static string Html(Plan plan, IReadOnlyList<Verdict> verdicts, IReadOnlyList<RuleVerdict> rules,
        IReadOnlyList<ClaimVerdict> claims, IReadOnlyList<JobResult> results, IReadOnlyDictionary<string, string> environment)
    {
        using var stream = typeof(Report).Assembly.GetManifestResourceStream("NnAnalyzers.Tool.Verify.Report.hbs")!;
        // {{ }} escapes: everything that comes out of the user's code goes through it. {{{ }}} does not: the plots are ours.
        return Handlebars.Create().Compile(new StreamReader(stream).ReadToEnd())(new
        {
            Seeds = plan.Seeds,
            Environment = environment.Select(e => new { e.Key, e.Value }).ToList(),
            HasFixes = verdicts.Count > 0,
            HasClaims = claims.Count > 0,
            Rules = rules.Select(r => new
            {
                r.Rule, Programs = r.Programs.Count, r.Helped, r.NoDifference, r.Worse, r.NoVerdict, r.Judgement,
                Class = r.Good ? "good" : "bad", Effect = EffectOf(r), Sooner = Number(r.Sooner), Adjusted = Number(r.Adjusted),
            }).ToList(),
            Claims = claims.Select(c => new
            {
                c.Program.Claim, c.Program.Place, c.Judgement, Class = c.Good ? "good" : "bad", Held = $"{c.Held} of {c.Runs.Runs}",
                Figure = ClaimVerdict.Figure(c.Program, results),
                Target = (c.Program.LossBelow is { } l ? $"loss of {Number(l)} or less"
                    : $"metric of {Number(c.Program.MetricAbove)} or more")
                    + (c.Program.ClaimedToFail ? ", which the claim says is not reached" : ""),
                Dashed = c.Program.LossBelow is not null,
                Plot = Plot(c.Program, results, metric: false),
            }).ToList(),
            Programs = verdicts.Select(v => new
            {
                v.Program.Rule, v.Program.RuleTitle, v.Program.Place, v.Program.Message, v.Program.FixTitle, v.Judgement,
                Class = v.Good ? "good" : "bad", Watched = v.Program.Watch is not null,
                Target = v.Program.LossBelow is { } l ? $"loss of {Number(l)} or less"
                    : $"metric of {Number(v.Program.MetricAbove)} or more",
                Rows = new[] { ("flagged code", v.Flagged), ("fixed code", v.Fixed), ("nothing changed, other seeds", v.Nothing),
                    ("a random other edit", v.Random) }
                    .Where(r => r.Item2.Runs > 0).Select(r => new
                    {
                        Name = r.Item1, Score = Number(r.Item2.MedianScore),
                        Share = v.Program.Watch is null ? $"{r.Item2.Reached} of {r.Item2.Runs}" : $"score {Number(r.Item2.MedianScore)}",
                        Interval = $"{r.Item2.Low:P0} to {r.Item2.High:P0}",
                        Steps = Number(r.Item2.MedianSteps),
                        Loss = Number(r.Item2.MedianLoss), Outcomes = string.Join(", ", r.Item2.Outcomes.Select(o => $"{o.Value} {o.Key}")),
                    }).ToList(),
                PValue = Number(v.PValue), v.Better, v.Worse, v.NothingHelps, v.RandomHelps,
                Effect = $"{v.Effect:0.00} ({v.EffectInterval.Low:0.00} to {v.EffectInterval.High:0.00})",
                Edits = v.Program.Variants.Where(x => x.Edit is not null).Select(x => x.Edit).Distinct().ToList(),
                Diff = v.Program.Diff.Split('\n').Where(d => d.Length > 0)
                    .Select(d => new { Text = d, Class = d[0] switch { '+' => "add", '-' => "del", '@' => "at", _ => "" } }).ToList(),
                Plot = Plot(v.Program, results, metric: v.Program.MetricAbove is not null || v.Flagged.MedianScore is not null),
                Details = results.Where(r => r.Program == v.Program.Id && r.Detail is not null)
                    .Select(r => new { r.Job, r.Outcome, r.Detail }).ToList(),
            }).ToList(),
        });
    }

    /// <summary>Median, least and most of the programs.</summary>
    public static string EffectOf(RuleVerdict rule) => rule.Effect is not var (median, low, high) ? "–"
        : string.Create(CultureInfo.InvariantCulture, $"{median:0.00} ({low:0.00} to {high:0.00})");

    public static string Number(double? value) => value switch
    {
        null => "–",
        { } v when v == 0 => "0",
        { } v when Math.Abs(v) is >= 1e5 or < 1e-3 => v.ToString("0.0e+0", CultureInfo.InvariantCulture),
        { } v => v.ToString(Math.Abs(v) >= 100 ? "0" : "0.###", CultureInfo.InvariantCulture),
    };

    /// <summary>The curves of every seed, flagged in red and fixed in blue, with the target as a dashed line; an SVG.</summary>
    private static string Plot(ProgramPlan program, IReadOnlyList<JobResult> results, bool metric)
    {
        var plot = new PlotModel { DefaultFont = "Arial", DefaultFontSize = 12, PlotAreaBorderColor = OxyColors.LightGray };
        plot.Axes.Add(new LinearAxis { Position = AxisPosition.Bottom, Title = "step", MinimumPadding = 0.02, AxisTitleDistance = 8 });
        var title = program.Watch is null ? "metric" : "score";
        plot.Axes.Add(metric ? new LinearAxis { Position = AxisPosition.Left, Title = title, AxisTitleDistance = 16 }
            : new LogarithmicAxis { Position = AxisPosition.Left, Title = "loss", AxisTitleDistance = 16, StringFormat = "0e+0" });
        var steps = new List<int> { 0 };
        foreach (var (variant, color) in new[] { (Variant.Flagged, OxyColor.Parse("#d62728")), (Variant.Fixed, OxyColor.Parse("#1f77b4")) })
            foreach (var run in results.Where(r => r.Program == program.Id && r.Variant == variant).OrderBy(r => r.Seed))
            {
                var line = new LineSeries { Color = OxyColor.FromAColor(190, color), StrokeThickness = 1.5 };
                foreach (var point in run.MainCurve)
                {
                    var value = metric ? point.Metric ?? double.NaN : point.Loss;
                    if (double.IsFinite(value) && (metric || value > 0)) line.Points.Add(new DataPoint(point.Step, value));
                    steps.Add(point.Step);
                }
                plot.Series.Add(line);
            }
        var target = new LineSeries { Color = OxyColors.Gray, LineStyle = LineStyle.Dash, StrokeThickness = 1 };
        // A loss has its target in the plot; a claim that compares losses has none there.
        if ((metric ? program.MetricAbove : program.LossBelow) is { } wanted)
            foreach (var step in new[] { 0, steps.Max() }) target.Points.Add(new DataPoint(step, wanted));
        plot.Series.Add(target);
        return new SvgExporter { Width = 640, Height = 320, UseVerticalTextAlignmentWorkaround = true, IsDocument = false }
            .ExportToString(plot);
    }
}
