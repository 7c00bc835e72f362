using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using NnAnalyzers.Companion;
using NnAnalyzers.Runner;
using NnAnalyzers.Tool.Verify;

namespace NnAnalyzers.Pages.Tests;

/// <summary>Reports to open, made without training.</summary>
internal static class Reports
{
    public static readonly string Root = Path.GetFullPath(typeof(Reports).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepositoryRoot").Value!);

    /// <summary>The committed evidence of some rules: of each one program for each verdict.</summary>
    public static (Plan Plan, IReadOnlyList<JobResult> Results) Evidence(params string[] rules)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root, "docs", "evidence", "cpu.json")));
        var verdicts = json.RootElement.GetProperty("verdicts").EnumerateArray()
            .Where(v => rules.Contains(v.GetProperty("rule").GetString()))
            .DistinctBy(v => (v.GetProperty("rule").GetString(), v.GetProperty("judgement").GetString()));
        var programs = verdicts.Select(v => new ProgramPlan
        {
            Id = v.GetProperty("id").GetString()!, Rule = v.GetProperty("rule").GetString()!, Place = v.GetProperty("place").GetString()!,
            RuleTitle = $"{RuleCatalog.Find(v.GetProperty("rule").GetString()!)!.Descriptor.Title}",
            Message = v.GetProperty("message").GetString()!, FixTitle = v.GetProperty("fixTitle").GetString()!,
            Diff = v.GetProperty("diff").GetString()!, Method = "",
            LossBelow = v.TryGetProperty("lossBelow", out var loss) ? loss.GetDouble() : null,
            MetricAbove = v.TryGetProperty("metricAbove", out var metric) ? metric.GetDouble() : null,
            Variants = v.GetProperty("randomEdits").EnumerateArray()
                .Select((e, i) => new Variant($"random-{i}", "", ForSeed: i, Edit: e.GetString())).ToList(),
        }).ToList();
        var ids = programs.Select(p => p.Id).ToHashSet();
        var runs = json.RootElement.GetProperty("runs").Deserialize<List<JobResult>>(Plan.Json)!
            .Where(r => ids.Contains(r.Program)).ToList();
        return (new Plan { Seeds = json.RootElement.GetProperty("seeds").GetInt32(), Programs = programs }, runs);
    }

    /// <summary>
    /// Every kind of verdict, of programs with and without a target, and claims; all texts are as bad as a user's code can make them.
    /// </summary>
    public static (Plan Plan, IReadOnlyList<JobResult> Results) Hostile()
    {
        const string bad = "<script>window.hit=1</script><img src=x onerror='window.hit=1'>\"'&amp; {{x}} "
            + "averyveryveryveryveryveryverylongnamethatnobodybreaks";
        ProgramPlan Program(string name, bool watched, string? claim = null) => new()
        {
            Id = "NN1001." + name, Rule = claim is null ? "NN1001" : "", RuleTitle = bad, Place = bad + "(1,2)", Message = bad,
            FixTitle = bad, Diff = $"--- a/{bad}\n+++ b/{bad}\n@@ -1,1 +1,1 @@\n-{bad}\n+{bad}\n", Method = "A.B",
            LossBelow = watched ? null : 0.1, Claim = claim, Watch = watched ? new(9, [], null, "", null) : null,
            Variants = [new("flagged", "a"), new("fixed", "b"), new("random-0", "c", Edit: bad)],
        };
        var programs = new[] { Program("Helps", false), Program("Harms", true), Program("Same", false), Program("Crashed", true),
            Program("Claimed", false, bad) };
        JobResult Run(string program, string variant, int seed, bool good, string outcome = JobResult.Finished) => new()
        {
            Job = bad, Program = "NN1001." + program, Variant = variant, Seed = seed, Outcome = outcome, StepsToTarget = good ? 20 : null,
            Detail = outcome == JobResult.Finished ? null : bad, Score = program is "Harms" ? good ? 0.9 : 0.2 : null,
            FinalLoss = good ? 0.05 : 0.8,
            Environment = new Dictionary<string, string> { [bad] = bad },
            Curve = outcome == JobResult.Crashed ? [] : Enumerable.Range(0, 30).Select(i => new Point(i, seed == 3 && i == 7 ? double.NaN
                : good ? Math.Exp(-i / 10.0) : 0.9 + 0.01 * seed, good ? 0.03 * i : 0.1)).ToList(),
        };
        var results = Enumerable.Range(0, 5).SelectMany(seed => new[]
        {
            Run("Helps", "flagged", seed, false), Run("Helps", "fixed", seed, true), Run("Harms", "flagged", seed, true),
            Run("Harms", "fixed", seed, false), Run("Same", "flagged", seed, true), Run("Same", "fixed", seed, true),
            Run("Crashed", "flagged", seed, false, JobResult.Crashed), Run("Crashed", "fixed", seed, false, JobResult.Crashed),
            Run("Claimed", "flagged", seed, true),
        }).ToList();
        return (new Plan { Seeds = 5, Programs = programs }, results);
    }

    /// <summary>Writes the page as <c>nn verify</c> and <c>nn merge</c> do, and says where it is.</summary>
    public static string Write(string folder, (Plan Plan, IReadOnlyList<JobResult> Results) given)
    {
        var (plan, results) = given;
        var verdicts = plan.Programs.Where(p => p.Claim is null).Select(p => Verdict.Of(p, results)).ToList();
        var claims = plan.Programs.Where(p => p.Claim is not null).Select(p => ClaimVerdict.Of(p, results)).ToList();
        Report.Write(folder, plan, verdicts, RuleVerdict.Of(verdicts, plan.Seeds), claims, results, results.SelectMany(r => r.Environment)
            .Append(new("seeds", $"0 to {plan.Seeds - 1}")).DistinctBy(e => e.Key).ToDictionary());
        return Path.Combine(folder, Report.PageName);
    }

    /// <summary>What <c>nn probe --json</c> said of a program, as a page.</summary>
    public static string Probes(string folder)
    {
        var options = new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, Converters = { new JsonStringEnumConverter() } };
        var report = JsonSerializer.Deserialize<List<ProbeReport>>(File.ReadAllText(Path.Combine(Root, "tests", "NnAnalyzers.Pages.Tests",
            "probes.json")), options)!.First();
        return Page(folder, report);
    }

    public static string HostileProbes(string folder)
    {
        const string bad = "<script>window.hit=1</script>\"' averyveryveryveryveryveryverylongnamethatnobodybreaks";
        return Page(folder, new ProbeReport(bad, [.. Enum.GetValues<ProbeVerdict>().Select(v => new ProbeResult("Probe" + v, v, bad, bad,
            bad)
        {
            RuleId = v == ProbeVerdict.Failed ? bad : null,
            Curves = [.. Enumerable.Range(0, 7).Select(i => new ProbeCurve(bad + i, [1, 2, 3], [i, 2, double.NaN]))],
        })]) { Setting = bad });
    }

    private static string Page(string folder, ProbeReport report)
    {
        var path = Path.Combine(folder, "probes.html");
        File.WriteAllText(path, report.ToHtml());
        return path;
    }
}
