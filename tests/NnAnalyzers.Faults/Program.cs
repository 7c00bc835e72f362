using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using NnAnalyzers.Faults;

// faults --watch: what watching costs a training loop.
// faults --check [--only TEXT] [--seed N]: how training goes on the labelled set-ups, without any probe. Otherwise:
// faults [--seeds N] [--only TEXT] [--out FILE.md]: runs every network with
// every probe; the page goes to FILE.md, every answer to FILE.json.
string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
var (seeds, only, output) = (int.Parse(Option("--seeds") ?? "5", CultureInfo.InvariantCulture), Option("--only"), Option("--out"));
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
TorchLibrary.Load();
torch.set_num_threads(1);
if (args.Contains("--watch"))
{
    WatchCost.Print();
    return;
}
if (args.Contains("--check"))
{
    Check.Print(only, int.Parse(Option("--seed") ?? "0", CultureInfo.InvariantCulture));
    return;
}
if (Option("--setups") is { } half)
{
    var said = Asked.Page(half, int.Parse(Option("--seeds") ?? "1", CultureInfo.InvariantCulture), only);
    Console.WriteLine(said);
    if (output is not null) File.WriteAllText(output, said);
    return;
}
var answers = new List<(Case Case, bool Healthy, int Seed, ProbeReport Report)>();
foreach (var (test, healthy) in Faulty.All.Select(c => (c, false)).Concat(Healthy.All.Select(c => (c, true))))
{
    if (only is not null && !test.Name.Contains(only, StringComparison.OrdinalIgnoreCase)) continue;
    for (var seed = 0; seed < seeds; seed++)
    {
        using var scope = torch.NewDisposeScope();
        torch.random.manual_seed(seed);
        answers.Add((test, healthy, seed, test.Run()));
    }
    var said = answers.Where(a => a.Case == test).ToList();
    var alarms = said.SelectMany(a => Alarms(a.Report)).GroupBy(n => n).Select(g => $"{g.Key} {g.Count()}/{seeds}");
    Console.WriteLine($"{(healthy ? "healthy" : "fault  ")} {test.Name}: {string.Join(", ", alarms.DefaultIfEmpty("nothing"))}");
    if (only is not null) Console.WriteLine(said[0].Report.ToText());
}
if (output is null) return;

static IEnumerable<string> Alarms(ProbeReport report) => Asked.Troubles(report).Select(r => r.Probe).Distinct();
static string Share(int of, int all) => all == 0 ? "–" : $"{of}/{all} ({100.0 * of / all:0} %)";

var counted = $"{Faulty.All.Count} small networks with one mistake each and {Healthy.All.Count} without, {seeds} seeds (0 to {seeds - 1}) "
    + "each, all probes. *Noticed* counts the runs in which the probe that is there for the mistake says *failed* or *suspicious*;";
var version = typeof(torch).Assembly.GetName().Version?.ToString(3);
var setting = $"*false alarms* the runs of healthy networks in which it does. TorchSharp {version}, libtorch {torch.__version__}, CPU, "
    + $"one thread, {RuntimeInformation.OSDescription}. Every answer is in [probes.json](probes.json).";
var caution = "The networks were written together with the probes, so these figures say that the probes do what they are meant to, "
    + "not how they do on networks nobody planted.";
var page = new StringBuilder($"""
    # What the probes notice

        dotnet run --project tests/NnAnalyzers.Faults -c Release -- --seeds {seeds} --out docs/evidence/probes.md

    {counted}
    {setting}
    {caution}

    | probe | mistakes planted for it, noticed | false alarms on healthy networks |
    |---|---|---|

    """);
foreach (var probe in Probe.Names.Append("CheckpointRoundTrip"))
{
    var planted = answers.Where(a => !a.Healthy && a.Case.Probes.Contains(probe)).ToList();
    var sound = answers.Where(a => a.Healthy && a.Report.Of(probe).Any(r => r.Verdict != ProbeVerdict.Skipped)).ToList();
    page.AppendLine($"| {probe} | {Share(planted.Count(a => Alarms(a.Report).Contains(probe)), planted.Count)} "
        + $"| {Share(sound.Count(a => Alarms(a.Report).Contains(probe)), sound.Count)} |");
}
page.AppendLine($"| **any probe** | {Share(answers.Count(a => !a.Healthy && Alarms(a.Report).Any()), answers.Count(a => !a.Healthy))} "
    + $"| {Share(answers.Count(a => a.Healthy && Alarms(a.Report).Any()), answers.Count(a => a.Healthy))} |");
page.AppendLine(
    $"| **any probe says failed** | {Share(answers.Count(a => !a.Healthy && !a.Report.Learns), answers.Count(a => !a.Healthy))} "
    + $"| {Share(answers.Count(a => a.Healthy && !a.Report.Learns), answers.Count(a => a.Healthy))} |");
foreach (var (title, healthy) in new[] { ("Mistakes", false), ("Healthy networks", true) })
{
    page.AppendLine().AppendLine($"## {title}").AppendLine().AppendLine(healthy ? "| network | alarms |"
        : "| mistake | meant for | noticed by (runs) |").AppendLine(healthy ? "|---|---|" : "|---|---|---|");
    foreach (var group in answers.Where(a => a.Healthy == healthy).GroupBy(a => a.Case))
    {
        var said = string.Join(", ", group.SelectMany(a => Alarms(a.Report)).GroupBy(n => n).Select(g => $"{g.Key} {g.Count()}")
            .DefaultIfEmpty(healthy ? "none" : "**nothing**"));
        page.AppendLine(healthy ? $"| {group.Key.Name} | {said} |"
            : $"| {group.Key.Name} | {string.Join(", ", group.Key.Probes)} | {said} |");
    }
}
File.WriteAllText(output, page.ToString());
var rows = answers.Select(a => new { network = a.Case.Name, healthy = a.Healthy, meantFor = a.Case.Probes, seed = a.Seed,
    answers = a.Report.Results.Select(r => new { r.Probe, verdict = r.Verdict.ToString(), r.Measured }) });
File.WriteAllText(Path.ChangeExtension(output, ".json"), JsonSerializer.Serialize(rows, new JsonSerializerOptions { WriteIndented = false,
    PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
