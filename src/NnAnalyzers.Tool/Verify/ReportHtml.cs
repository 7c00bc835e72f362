using HandlebarsDotNet;
using NnAnalyzers.Companion;
using NnAnalyzers.Runner;

namespace NnAnalyzers.Tool.Verify;

/// <summary>The trainings that go on while a page is made.</summary>
/// <param name="Heading">Whether they run, are done, or were stopped.</param>
/// <param name="Said">How far they are, and how long it will take.</param>
/// <param name="Running">Those that run now.</param>
/// <param name="Seconds">After how long the page is to come anew; 0 for never.</param>
internal sealed record LiveState(string Heading, int Done, int All, string Said, IReadOnlyList<string> Running, int Seconds);

/// <summary>The page of a report.</summary>
internal static class ReportHtml
{
    // {{ }} escapes: everything that comes out of the user's code goes through it. {{{ }}} does not: what stands there is ours.
    private static readonly Lazy<HandlebarsTemplate<object, object>> Template = new(() =>
    {
        using var reader = new StreamReader(typeof(ReportHtml).Assembly.GetManifestResourceStream("NnAnalyzers.Tool.Verify.Report.hbs")!);
        return Handlebars.Create().Compile(reader.ReadToEnd());
    });

    /// <param name="live">What goes on; null for a report that is whole.</param>
    public static string Of(Plan plan, IReadOnlyList<Verdict> verdicts, IReadOnlyList<RuleVerdict> rules,
        IReadOnlyList<ClaimVerdict> claims, IReadOnlyList<JobResult> results, IReadOnlyDictionary<string, string> environment,
        LiveState? live = null)
    {
        var byProgram = results.ToLookup(r => r.Program);
        var (helped, worse) = (verdicts.Count(v => v.Good), verdicts.Count(v => v.Judgement == Verdict.Harms));
        var untold = verdicts.Count(v => !v.IsTold);
        var same = verdicts.Count - helped - worse - untold;
        var title = claims.Count == 0 ? "What the fixes did" : verdicts.Count == 0 ? "What was claimed, and what we saw"
            : "What the trainings showed";
        return Template.Value(new
        {
            Head = ReportPage.Head($"NnAnalyzers: {char.ToLowerInvariant(title[0])}{title[1..]}"), ReportPage.Script, ReportPage.Filter,
            Title = title, Live = live, Seeds = plan.Seeds == 1 ? "once" : $"{plan.Seeds} times",
            Environment = environment.Select(e => new { e.Key, e.Value }).ToList(),
            HasFixes = verdicts.Count > 0, HasClaims = claims.Count > 0,
            FixesLead = $"{helped} of {verdicts.Count} {(verdicts.Count == 1 ? "fix" : "fixes")} helped{(live is null ? "" : " so far")}"
                + (worse > 0 ? $", {worse} made it worse." : "."),
            ClaimsLead = $"{claims.Count(c => c.Good)} of {claims.Count} {(claims.Count == 1 ? "claim was" : "claims were")} reproduced.",
            Helped = helped, NoDifference = same, Worse = worse, NoVerdict = untold, Bar = Bar(helped, same, worse, untold),
            AnyTarget = verdicts.Any(v => v.Program.Watch is null), AnyWatched = verdicts.Any(v => v.Program.Watch is not null),
            Rules = rules.Select(r => new
            {
                r.Rule, Programs = r.Programs.Count, r.Helped, r.NoDifference, r.Worse, r.NoVerdict, r.Judgement,
                Class = r.Good ? "good" : r.Worse > 0 ? "bad" : "open", Effect = Report.EffectOf(r), Sooner = Report.Number(r.Sooner),
                Adjusted = Report.Number(r.Adjusted), Bar = Bar(r.Helped, r.NoDifference, r.Worse, r.NoVerdict),
            }).ToList(),
            Claims = claims.Select(c => ClaimOf(c, byProgram[c.Program.Id].ToList())).ToList(),
            Programs = verdicts.Select((v, i) => FindingOf(v, i + 1, byProgram[v.Program.Id].ToList())).ToList(),
        });
    }

    private static string Bar(int helped, int same, int worse, int untold) => ReportPage.Bar(("good", "helped", helped),
        ("open", "no difference", same), ("bad", "worse", worse), ("none", "no verdict", untold));

    private static object ClaimOf(ClaimVerdict claim, IReadOnlyList<JobResult> runs) => new
    {
        claim.Program.Claim, claim.Program.Place, claim.Judgement, Held = $"{claim.Held} of {claim.Runs.Runs}",
        Class = claim.Good ? "good" : claim.Judgement == ClaimVerdict.NotReproduced ? "bad" : "open",
        Figure = ClaimVerdict.Figure(claim.Program, runs),
        Target = TargetOf(claim.Program) + (claim.Program.ClaimedToFail ? ", which the claim says is not reached" : ""),
        Plot = Plot(claim.Program, runs, metric: false),
    };

    private static object FindingOf(Verdict v, int number, IReadOnlyList<JobResult> runs) => new
    {
        Number = number, v.Program.Rule, v.Program.RuleTitle, v.Program.Place, v.Program.Message, v.Program.FixTitle, v.Judgement,
        Class = v.Good ? "good" : v.Judgement == Verdict.Harms ? "bad" : "open", Watched = v.Program.Watch is not null,
        Target = TargetOf(v.Program), Meaning = Meaning(v),
        Rows = new[] { ("flagged code", v.Flagged), ("fixed code", v.Fixed), ("nothing changed, other seeds", v.Nothing),
            ("a random other edit", v.Random) }
            .Where(r => r.Item2.Runs > 0).Select(r => new
            {
                Name = r.Item1, Score = Report.Number(r.Item2.MedianScore),
                Share = v.Program.Watch is null ? $"{r.Item2.Reached} of {r.Item2.Runs}" : $"score {Report.Number(r.Item2.MedianScore)}",
                Interval = $"{r.Item2.Low:P0} to {r.Item2.High:P0}",
                Steps = Report.Number(r.Item2.MedianSteps),
                Loss = Report.Number(r.Item2.MedianLoss), Outcomes = string.Join(", ", r.Item2.Outcomes.Select(o => $"{o.Value} {o.Key}")),
            }).ToList(),
        PValue = Report.Number(v.PValue), v.Better, v.Worse, v.NothingHelps, v.RandomHelps,
        Effect = $"{v.Effect:0.00} ({v.EffectInterval.Low:0.00} to {v.EffectInterval.High:0.00})",
        Edits = v.Program.Variants.Where(x => x.Edit is not null).Select(x => x.Edit).Distinct().ToList(),
        Diff = v.Program.Diff.Split('\n').Where(d => d.Length > 0)
            .Select((d, i) => new { Text = d, Class = i < 2 ? "at" : d[0] switch { '+' => "add", '-' => "del", '@' => "at", _ => "" } })
            .ToList(),
        Plot = Plot(v.Program, runs, metric: v.Program.MetricAbove is not null || v.Flagged.MedianScore is not null),
        Details = runs.Where(r => r.Detail is not null).Select(r => new { r.Job, r.Outcome, r.Detail }).ToList(),
    };

    private static string TargetOf(ProgramPlan program) => program.LossBelow is { } loss ? $"loss of {Report.Number(loss)} or less"
        : $"metric of {Report.Number(program.MetricAbove)} or more";

    /// <summary>A verdict in words.</summary>
    public static string Meaning(Verdict v)
    {
        var pairs = Math.Min(v.Flagged.Runs, v.Fixed.Runs);
        var seen = v.Program.Watch is not null
            ? $"its median score went from {Report.Number(v.Flagged.MedianScore)} to {Report.Number(v.Fixed.MedianScore)}"
            : $"{v.Fixed.Reached} of {v.Fixed.Runs} runs reached the target, before the fix {v.Flagged.Reached} of {v.Flagged.Runs}";
        return v.Judgement switch
        {
            Verdict.Helps => $"The fix helps here: it did better in {v.Better} of {pairs} pairs, more often than chance would; {seen}.",
            Verdict.LikelyHelps => $"The fix seems to help here: it did better in every pair, but {pairs} are too few to rule out "
                + $"chance; {seen}.",
            Verdict.NoEffect => $"Nothing is shown: the fix did better in {v.Better} of {pairs} pairs and worse in {v.Worse}, which "
                + $"may be chance; {seen}. More seeds or more steps would tell more.",
            Verdict.Harms => $"The fix harms here: it did worse in {v.Worse} of {pairs} pairs, more often than chance would; {seen}. "
                + "Do not apply it without looking why.",
            Verdict.NotWatched => "Nothing can be said: there was no pair of runs that could be compared.",
            _ => "Not all of its trainings have ended yet.",
        };
    }

    /// <summary>The curves of every seed; for a loss with its target.</summary>
    private static string Plot(ProgramPlan program, IReadOnlyList<JobResult> runs, bool metric)
    {
        var lines = from look in new[] { (Variant.Flagged, Name: "flagged code", Style: 1), (Variant.Fixed, Name: "fixed code", Style: 0) }
                    from run in runs.Where(r => r.Variant == look.Item1).OrderBy(r => r.Seed)
                    select new ChartLine(program.Claim is null ? look.Name : "the program", program.Claim is null ? look.Style : 0,
                        run.MainCurve.Select(p => ((double)p.Step, metric ? p.Metric ?? double.NaN : p.Loss)).ToList());
        var title = !metric ? "loss" : program.Watch is null ? "metric" : "score";
        return new ReportChart("step", title, LogX: false, LogY: !metric, lines.ToList())
            // A claim that compares losses has no target in the plot of its losses.
            { Target = metric ? program.MetricAbove : program.LossBelow }.ToHtml();
    }
}
