using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using NnAnalyzers.Runner;
using NnAnalyzers.Tool.Formats;
using NnAnalyzers.Tool.Verify;
using Spectre.Console;

namespace NnAnalyzers.Tool.Commands;

/// <summary>nn verify: trains programs before and after their fix and says whether the fix helped.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var path = new Argument<string?>("path")
            { Description = "A project or folder with training programs", Arity = ArgumentArity.ZeroOrOne };
        var seeds = new Option<int>("--seeds") { Description = "Paired seeds", DefaultValueFactory = _ => 5 };
        var device = new Option<string>("--device") { Description = "auto, cpu or cuda", DefaultValueFactory = _ => "auto" };
        device.AcceptOnlyFromAmong("auto", "cpu", "cuda");
        var rules = new Option<string[]>("--rule")
            { Description = "Only this rule, such as NN1001; may be given again", DefaultValueFactory = _ => [] };
        var filter = new Option<string?>("--filter")
            { Description = "Only programs with this in their name, which is made of rule, namespace and class" };
        var quick = new Option<bool>("--quick") { Description = "A share: of each rule that warns one program, without controls" };
        var output = new Option<string>("--out") { Description = "The report folder", DefaultValueFactory = _ => "nn-report" };
        var jobs = new Option<int>("--jobs") { Description = "Trainings at a time", DefaultValueFactory = _ => Environment.ProcessorCount };
        var libtorch = new Option<string?>("--libtorch") { Description = "Folder of libtorch, such as torch/lib of a Python installation" };
        var timeLimit = new Option<double>("--time-limit")
            { Description = "Longest time one training may take, in seconds", DefaultValueFactory = _ => 120 };
        var memoryLimit = new Option<long>("--memory-limit")
            { Description = "Most memory one training may hold, in MiB", DefaultValueFactory = _ => 4096 };
        var resume = new Option<bool>("--resume") { Description = "Keep the results that an earlier run left in the report folder" };
        var prepare = new Option<string?>("--prepare") { Description = "Only check, fix and compile into this job folder" };
        var runtime = new Option<string?>("--runtime")
            { Description = "With --prepare: put a self-contained runner for this runtime into the folder, such as linux-x64" };
        var withLibTorch = new Option<bool>("--with-libtorch")
            { Description = "With --prepare: copy the project's libtorch into the folder" };
        var shard = new Option<string?>("--shard") { Description = "Train only this share of the jobs: 2/8, "
            + "auto (from the variables of Slurm, GitLab, CircleCI or Buildkite) or auto/8 (Kubernetes); then nn merge" };
        var run = new Option<string?>("--run") { Description = "Run the jobs of a prepared folder that have no result yet, then report" };
        var steps = new Option<int>("--steps")
            { Description = "Of an ordinary program: how many losses may go backward", DefaultValueFactory = _ => 500 };
        var score = new Option<string?>("--score") { Description = "Of an ordinary program: a static method (Tensor output, Tensor target) "
            + "→ double that is better when larger, such as Metrics.Dice; accuracy and R² else" };
        var live = new Option<bool>("--live")
            { Description = "Keep the report's index.html up to date while trainings run; it comes anew by itself in a browser" };
        var format = Format.Option();
        var program = new ProgramOptions();
        var command = new Command("verify", "Trains flagged and fixed code and compares. "
            + "Runs your code, each training in a process of its own. Exit code 0: every fix helped, 1: some did not, 2: cannot run.")
        {
            path, seeds, device, rules, filter, quick, output, jobs, libtorch, timeLimit, memoryLimit, resume, prepare, runtime,
            withLibTorch, shard, run, steps, score, live, format,
        };
        program.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var tell = Telling(parsed.GetValue(format));
            var options = new RunOptions(parsed.GetValue(device)!, parsed.GetValue(jobs),
                parsed.GetValue(libtorch) is { } lib ? Path.GetFullPath(lib) : null)
            {
                Shard = parsed.GetValue(shard) is { } share ? Shard.Parse(share) : Shard.Whole,
            };
            if (options.LibTorch is { } given && !Directory.Exists(given)) throw new ToolException($"{given}: no such libtorch folder");
            var wanted = new Wanted(parsed.GetValue(rules)!.Select(id => RulesCommand.Find(id).Id).ToList(), parsed.GetValue(filter),
                parsed.GetValue(quick));
            if (parsed.GetValue(seeds) < 1) throw new ToolException("--seeds must be 1 or more");
            if (parsed.GetValue(steps) < 1) throw new ToolException("--steps must be 1 or more");
            if (parsed.GetValue(run) is { } prepared)
            {
                var ready = Plan.Load(prepared);
                using var held = new FolderLock(prepared, options.Shard);
                return Train(parsed.GetResult(output) is { Implicit: false } ? parsed.GetValue(output)! : prepared, prepared,
                    ready, options, Stopwatch.StartNew(), parsed.GetValue(live), tell, cancellation);
            }
            if (parsed.GetValue(path) is not { } source) throw new ToolException("verify needs a path, or --run with a job folder");

            var watch = Stopwatch.StartNew();
            var report = parsed.GetValue(prepare) ?? parsed.GetValue(output)!;
            var jobFolder = parsed.GetValue(prepare) is null ? Path.Combine(report, "jobs") : report;
            using var claimed = Claim(report, jobFolder, keep: parsed.GetValue(resume));
            AnsiConsole.MarkupLineInterpolated(
                $"[grey]Checking {source} (verify runs its training programs, each in a process of its own)[/]");
            var planner = new Planner(jobFolder, new Plan { Seeds = parsed.GetValue(seeds), TimeLimitSeconds = parsed.GetValue(timeLimit),
                MemoryLimitMiB = parsed.GetValue(memoryLimit), Programs = [] }, wanted, Console.WriteLine,
                program.Of(parsed, parsed.GetValue(steps), parsed.GetValue(score)));
            var plan = await planner.PrepareAsync(source, parsed.GetValue(runtime), parsed.GetValue(withLibTorch), cancellation);
            if (planner.LeftOut > 0) Console.WriteLine($"A quick share: {plan.Programs.Count} of "
                + $"{plan.Programs.Count + planner.LeftOut} programs, one for each rule that warns, without controls. All of them: without "
                + $"--quick, and with --seeds {RuleVerdict.EnoughSeeds} for verdicts on rules.");
            var isOrdinary = Say(plan, source);
            if (program.IsPlan(parsed)) return ExitCode.Clean;
            if (isOrdinary && !program.MayRun(parsed)) return ExitCode.CannotRun;
            if (parsed.GetValue(prepare) is null) return Train(report, jobFolder, plan, options, watch, parsed.GetValue(live),
                tell, cancellation);
            var bare = parsed.GetValue(runtime) is null ? "" : $", or {jobFolder}/app/nn-run {jobFolder} where there is no .NET";
            Console.WriteLine($"{plan.Jobs().Count()} jobs of {plan.Programs.Count} programs are ready in {jobFolder}: "
                + $"nn verify --run {jobFolder}{bare}");
            return ExitCode.Clean;
        });
        return command.WithExamples("nn verify MyTrainer --plan", "nn verify MyTrainer --seeds 10 --device cuda");
    }

    /// <summary>The rules whose fixes help the programs of a project, with the usual seeds and steps.</summary>
    public static async Task<HashSet<string>> HelpingAsync(string path, string? rule, CancellationToken cancellation)
    {
        using var scratch = new ScratchFolder();
        var planner = new Planner(scratch.Path, new Plan { Seeds = 5, Programs = [] },
            new(rule is null ? [] : [RulesCommand.Find(rule).Id], null), Console.Error.WriteLine,
            new(null, 500, null, [], InPlace: false, ProgramOptions.CopyLimitMiB));
        var plan = await planner.PrepareAsync(path, null, false, cancellation);
        Say(plan, path);
        var results = Train(scratch.Path, plan, new RunOptions("auto", Environment.ProcessorCount, null), cancellation);
        var verdicts = plan.Programs.Where(p => p.Claim is null).Select(p => Verdict.Of(p, results)).ToList();
        foreach (var (program, judgement) in verdicts.Select(v => (v.Program, v.Judgement)))
            Console.Error.WriteLine($"{program.Place}: {program.Rule}: {judgement}");
        // One program that it harms speaks against it.
        return verdicts.GroupBy(v => v.Program.Rule).Where(g => g.Any(v => v.Good) && g.All(v => v.Judgement != Verdict.Harms))
            .Select(g => g.Key).ToHashSet();
    }

    /// <summary>Says what will be run of ordinary programs; false if there are none.</summary>
    private static bool Say(Plan plan, string source)
    {
        var ordinary = plan.Programs.Where(p => p.Watch is not null).ToList();
        foreach (var (watch, method) in ordinary.Select(p => (p.Watch!, p.Method)).DistinctBy(p => (p.Item1.Here, p.Method)))
            Console.WriteLine($"{source}: runs {(method.Length > 0 ? method : "the program")}"
                + (watch.Arguments.Count > 0 ? $" {string.Join(' ', watch.Arguments)}" : "")
                + $" in {(watch.Files is null ? watch.Here : $"copies of {watch.Here}")}, up to {watch.Steps} steps or "
                + string.Create(CultureInfo.InvariantCulture, $"{plan.TimeLimitSeconds} s, {plan.Jobs().Count()} times"));
        return ordinary.Count > 0;
    }

    /// <summary>
    /// Makes sure the folder is ours to write to, empties it of earlier results unless they are to be kept, and keeps others out until the
    /// answer is disposed of.
    /// </summary>
    public static FolderLock Claim(string report, string jobFolder, bool keep)
    {
        if (File.Exists(report)) throw new ToolException($"{report}: is a file, not a folder");
        if (Directory.Exists(report) && Directory.GetFileSystemEntries(report) is { Length: > 0 } entries
            && !File.Exists(Path.Combine(jobFolder, Plan.FileName)) && !(entries.Length == 1 && FolderLock.WasBegun(jobFolder)))
            throw new ToolException($"{report}: this folder holds something else; name an empty one with --out");
        try
        {
            Directory.CreateDirectory(jobFolder);
            var held = new FolderLock(jobFolder, Shard.Whole);
            foreach (var old in new[] { Plan.ResultsFolder, Plan.TensorBoardFolder, "programs", "files" }.Skip(keep ? 3 : 0))
                if (Directory.Exists(Path.Combine(jobFolder, old))) Directory.Delete(Path.Combine(jobFolder, old), recursive: true);
            // Leaves a mark from the start, so that a run that is killed early can be taken up again.
            if (!File.Exists(Path.Combine(jobFolder, Plan.FileName))) new Plan { Seeds = 0, Programs = [] }.Save(jobFolder);
            return held;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"{report}: cannot be written: {error.Message}", error);
        }
    }

    private static int Train(string report, string jobFolder, Plan plan, RunOptions options, Stopwatch watch, bool isLive,
        Action<IReadOnlyList<Entry>> tell, CancellationToken cancellation)
    {
        var results = Train(jobFolder, plan, options, cancellation, isLive ? report : null);
        if (options.Shard.Count == 1) return Conclude(report, plan, results, options, watch.Elapsed, tell);
        Console.WriteLine($"Share {options.Shard}: {results.Count} of {plan.Jobs().Count()} trainings in {watch.Elapsed.TotalSeconds:0} s. "
            + $"When all shares are done: nn merge FOLDERS, this one is {report}; or, if all ran in this one, nn verify --run {report}");
        return ExitCode.Clean;
    }

    /// <summary>Runs what has no result yet, with bars that fill, and a page in the live folder if there is one.</summary>
    private static List<JobResult> Train(string jobFolder, Plan plan, RunOptions options, CancellationToken cancellation,
        string? liveFolder = null)
    {
        var scheduler = new Scheduler(jobFolder, plan, options);
        var jobs = options.Shard.Of(plan.Jobs()).ToList();
        var results = new List<JobResult>();
        using var live = liveFolder is null ? null : new LiveReport(liveFolder, plan, jobs.Count);
        if (liveFolder is not null) Console.WriteLine($"To watch: {Path.Combine(liveFolder, Report.PageName)}");
        AnsiConsole.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(),
            new ElapsedTimeColumn()).Start(progress =>
        {
            var bars = jobs.GroupBy(j => j.Program).ToDictionary(g => g.Key.Id,
                g => progress.AddTask(Markup.Escape(g.Key.Rule + " " + g.Key.Id.Split('.')[1]), maxValue: g.Count()));
            scheduler.Run(result =>
            {
                results.Add(result);
                live?.Ended(result);
                bars[result.Program].Increment(1);
            }, cancellation, job => live?.Started(job));
        });
        return results;
    }

    /// <summary>Judges, writes the report and says it in short.</summary>
    public static int Conclude(string report, Plan plan, IReadOnlyList<JobResult> results, RunOptions options, TimeSpan? took,
        Action<IReadOnlyList<Entry>> tell)
    {
        var verdicts = plan.Programs.Where(p => p.Claim is null).Select(p => Verdict.Of(p, results)).ToList();
        var claims = plan.Programs.Where(p => p.Claim is not null).Select(p => ClaimVerdict.Of(p, results)).ToList();
        var environment = Describe(results, options, plan, took);
        var rules = RuleVerdict.Of(verdicts, plan.Seeds);
        Report.Write(report, plan, verdicts, rules, claims, results, environment);
        if (verdicts.Count > 0) AnsiConsole.Write(Table(verdicts));
        if (rules.Any(r => r.Programs.Count > 1)) AnsiConsole.Write(Table(rules));
        if (claims.Count > 0) AnsiConsole.Write(Table(claims, results));
        var good = verdicts.Count(v => v.Good);
        var held = claims.Count(c => c.Good);
        var said = string.Join(", ", new[] { verdicts.Count > 0 ? $"{good} of {verdicts.Count} fixes helped" : null,
            claims.Count > 0 ? $"{held} of {claims.Count} claims were reproduced" : null }.OfType<string>());
        Console.WriteLine($"{said}; {results.Count} trainings{(took is { } time ? $" in {time.TotalSeconds:0} s" : "")}. "
            + $"Report: {Path.Combine(report, "index.html")}");
        tell(verdicts.Select(Told).ToList());
        return good == verdicts.Count && held == claims.Count ? ExitCode.Clean : ExitCode.Findings;
    }

    /// <summary>With a format for programs it alone goes to the output, what is said to people besides to the errors.</summary>
    public static Action<IReadOnlyList<Entry>> Telling(Format? format)
    {
        if (format is null or { IsForPeople: true }) return _ => { };
        var output = Console.Out;
        Console.SetOut(Console.Error);
        AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return entries => format.Write(entries, Directory.GetCurrentDirectory(), output);
    }

    /// <summary>A verdict as a finding: a fix that harms is an error, one that shows no effect a warning.</summary>
    private static Entry Told(Verdict verdict)
    {
        var place = Regex.Match(verdict.Program.Place, @"^(.*)\((\d+),(\d+)\)");
        var start = new LinePosition(int.Parse(place.Groups[2].Value, CultureInfo.InvariantCulture) - 1,
            int.Parse(place.Groups[3].Value, CultureInfo.InvariantCulture) - 1);
        return new(verdict.Program.Rule, verdict.Good ? DiagnosticSeverity.Info : verdict.Judgement == Verdict.Harms
            ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning, $"the fix {verdict.Judgement}: {verdict.Program.Message}",
            Location.Create(Path.GetFullPath(place.Groups[1].Value), default, new LinePositionSpan(start, start)), [])
            { FixTitle = verdict.Program.FixTitle };
    }

    private static Table Table(IReadOnlyList<Verdict> verdicts)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Rule", "Place", "Reached target\nflagged → fixed",
            "Controls\nnothing / random", "Steps to it", "Last loss\nflagged → fixed", "Verdict");
        foreach (var v in verdicts)
            if (v.Program.Watch is not null) table.AddRow(v.Program.Rule, Markup.Escape(v.Program.Place),
                $"score {Report.Number(v.Flagged.MedianScore)} → {Report.Number(v.Fixed.MedianScore)}",
                $"{Report.Number(v.Nothing.MedianScore)}  {Report.Number(v.Random.MedianScore)}", "",
                $"{Report.Number(v.Flagged.MedianLoss)} → {Report.Number(v.Fixed.MedianLoss)}",
                v.Good ? $"[green]{v.Judgement}[/]" : $"[red]{v.Judgement}[/]");
            else table.AddRow(v.Program.Rule, Markup.Escape(v.Program.Place),
                $"{v.Flagged.Reached}/{v.Flagged.Runs} → {v.Fixed.Reached}/{v.Fixed.Runs}",
                $"{v.Nothing.Reached}/{v.Nothing.Runs}  {(v.Random.Runs > 0 ? $"{v.Random.Reached}/{v.Random.Runs}" : "–")}",
                $"{Report.Number(v.Flagged.MedianSteps)} → {Report.Number(v.Fixed.MedianSteps)}",
                $"{Report.Number(v.Flagged.MedianLoss)} → {Report.Number(v.Fixed.MedianLoss)}",
                v.Good ? $"[green]{v.Judgement}[/]" : $"[red]{v.Judgement}[/]");
        return table;
    }

    private static Table Table(IReadOnlyList<RuleVerdict> rules)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Rule", "Programs", "Helped", "No\ndifference", "Worse",
            "Fixed run better\nmedian, least to most", "Times\nsooner", "p (Holm)", "Verdict");
        foreach (var r in rules)
            table.AddRow(r.Rule, $"{r.Programs.Count}{(r.NoVerdict > 0 ? $" + {r.NoVerdict} without a verdict" : "")}", $"{r.Helped}",
                $"{r.NoDifference}", $"{r.Worse}", Report.EffectOf(r), Report.Number(r.Sooner), Report.Number(r.Adjusted),
                r.Good ? $"[green]{r.Judgement}[/]" : $"[red]{r.Judgement}[/]");
        return table;
    }

    private static Table Table(IReadOnlyList<ClaimVerdict> claims, IReadOnlyList<JobResult> results)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Claim", "Ours, at the end", "Held", "Verdict");
        foreach (var c in claims)
            table.AddRow(Markup.Escape(c.Program.Claim!), Markup.Escape(ClaimVerdict.Figure(c.Program, results)), $"{c.Held}/{c.Runs.Runs}",
                c.Good ? $"[green]{c.Judgement}[/]" : $"[red]{c.Judgement}[/]");
        return table;
    }

    private static Dictionary<string, string> Describe(IEnumerable<JobResult> results, RunOptions options, Plan plan, TimeSpan? took)
    {
        var environment = new Dictionary<string, string>
        {
            ["date"] = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["nn"] = typeof(VerifyCommand).Assembly.GetName().Version!.ToString(3),
            ["command"] = "nn " + string.Join(' ', System.Environment.GetCommandLineArgs().Skip(1)),
            ["seeds"] = $"0 to {plan.Seeds - 1}",
            ["architecture"] = RuntimeInformation.OSArchitecture.ToString(),
            ["seconds of training"] = results.Sum(r => r.Seconds).ToString("0", CultureInfo.InvariantCulture),
        };
        if (took is { } time) (environment["trainings at a time"], environment["seconds"]) =
            (options.Workers.ToString(CultureInfo.InvariantCulture), time.TotalSeconds.ToString("0", CultureInfo.InvariantCulture));
        // Where the trainings ran, which may be another machine than this.
        foreach (var (key, value) in results.SelectMany(r => r.Environment).Distinct().GroupBy(e => e.Key)
            .Select(g => (g.Key, string.Join(", ", g.Select(e => e.Value).Distinct())))) environment[key] = value;
        return environment;
    }
}
