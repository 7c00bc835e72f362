using System.Text.Json;
using NnAnalyzers.Runner;
using NnAnalyzers.Tool.Verify;

namespace NnAnalyzers.Tool.Tests;

public abstract class Verifying : InFolder
{
    private static string Attribute(string target = "LossBelow = 0.1") => $"[NnAnalyzers.Companion.TrainingProgram({target})]";

    private static string Companion { get; } = Path.Combine(Path.GetDirectoryName(Tests.Nn.Tool)!, "..", "..", "NnAnalyzers.Companion",
        new DirectoryInfo(Path.GetDirectoryName(Tests.Nn.Tool)!).Name, "NnAnalyzers.Companion.dll");

    /// <summary>A project with one training program; its class is what a test puts there.</summary>
    protected string Project(string code) => WriteProject("p", "<NoWarn>NU1603</NoWarn>", $"""<Reference Include="{Companion}" />""",
        "using TorchSharp; using NnAnalyzers.Companion; using static TorchSharp.torch; using static TorchSharp.torch.nn;\n" + code);

    protected static string Program(string body, string layers = "Linear(4, 8), ReLU(), Linear(8, 1), ReLU()",
        string target = "LossBelow = 0.1") => $$"""
        public static class Sample
        {
            {{Attribute(target)}}
            public static void Train(TrainingRun run)
            {
                var x = randn(32, 4);
                var model = Sequential({{layers}});
                var optimizer = optim.Adam(model.parameters(), lr: 0.02);
                for (var step = 1; step <= 60; step++)
                {
                    var loss = functional.mse_loss(model.forward(x), x.sum(1, keepdim: true));
                    optimizer.zero_grad();
                    loss.backward();
                    optimizer.step();
                    {{body}}
                }
            }
        }
        """;
}

public sealed class VerifyTests : Verifying
{
    [Fact]
    public void A_sample_is_proved_and_reported()
    {
        var (exit, output, errors) = Nn("verify", Tests.Nn.FewSamples, "--filter", OneSample, "--seeds", "2", "--out", "r", "--device",
            "cpu", "--live");
        Assert.True(exit == 0, output + errors);
        Assert.Contains("To watch: " + Path.Combine("r", "index.html"), output);
        Assert.Contains("warning NN1001", output);
        Assert.Contains("1 of 1 fixes helped", output);
        using var results = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "r", "results.json")));
        var verdict = results.RootElement.GetProperty("verdicts")[0];
        Assert.Equal(0, verdict.GetProperty("flagged").GetProperty("reached").GetInt32());
        Assert.Equal(2, verdict.GetProperty("fixed").GetProperty("reached").GetInt32());
        Assert.Equal("0.107.0", results.RootElement.GetProperty("environment").GetProperty("torchSharp").GetString());
        Assert.Equal(8, results.RootElement.GetProperty("runs").GetArrayLength());
        var page = File.ReadAllText(Path.Combine(Folder, "r", "index.html"));
        Assert.Contains("<svg", page);
        Assert.DoesNotContain("Trainings are running", page); // the report stands where the live page was
        Assert.NotEmpty(Directory.EnumerateFiles(Path.Combine(Folder, "r", "jobs", "tensorboard"), "*tfevents*",
            SearchOption.AllDirectories));

        // Results that are there are not made again; one that is gone, or damaged, is.
        var all = Directory.GetFiles(Path.Combine(Folder, "r", "jobs", "results")).Order().ToArray();
        File.Delete(all[0]);
        File.WriteAllText(all[1], "{ half");
        var before = all.Skip(2).ToDictionary(f => f, File.GetLastWriteTimeUtc);
        Assert.Equal(0,
            Nn("verify", Tests.Nn.FewSamples, "--filter", OneSample, "--seeds", "2", "--out", "r", "--device", "cpu", "--resume").ExitCode);
        Assert.All(before, f => Assert.Equal(f.Value, File.GetLastWriteTimeUtc(f.Key)));
        Assert.True(File.Exists(all[0]));
    }

    [Fact]
    public void A_prepared_folder_runs_by_itself_and_is_merged()
    {
        Assert.Equal(0, Nn("verify", Tests.Nn.FewSamples, "--filter", AnotherSample, "--seeds", "1", "--prepare", "jobs").ExitCode);
        Assert.True(File.Exists(Path.Combine(Folder, "jobs", "app", "NnAnalyzers.Runner.dll")));
        // On a machine without libtorch it says so, and leaves nothing behind.
        var plan = Plan.Load(Path.Combine(Folder, "jobs"));
        (plan with { LibTorch = "/no/such/folder" }).Save(Path.Combine(Folder, "jobs"));
        CannotRun("libtorch is missing", "verify", "--run", "jobs");
        plan.Save(Path.Combine(Folder, "jobs"));
        var (exit, output, errors) = Nn("verify", "--run", "jobs");
        Assert.True(exit == 0, output + errors);
        Assert.True(File.Exists(Path.Combine(Folder, "jobs", "index.html")));
        // All results are there; told to a program, the output is its own.
        (exit, output, errors) = Nn("merge", "jobs", "--out", "all", "--format", "json");
        Assert.True(exit == 0, errors);
        var told = JsonDocument.Parse(output).RootElement[0];
        Assert.Equal(("NN3007", "info"), (told.GetProperty("rule").GetString(), told.GetProperty("severity").GetString()));
        Assert.StartsWith("the fix helps", told.GetProperty("message").GetString());
        Assert.Contains("1 of 1 fixes helped", errors);
    }

    [Fact]
    public void NaN_crash_hang_and_hoarding_are_outcomes_and_text_is_escaped()
    {
        var path = Project(Program("""
            run.Log(step, run.Seed switch { 0 => double.NaN, 1 => throw new System.Exception("<b>bold</b> & gone"),
                2 => Exit(), 3 => Hang(), 4 => Hoard(), _ => loss.item<float>() });
            """).Replace("public static class Sample\n{", """
            public static class Sample
            {
                static double Exit() { System.Environment.Exit(3); return 0; }
                static double Hang() { System.Threading.Thread.Sleep(-1); return 0; }
                static double Hoard() { var all = new System.Collections.Generic.List<Tensor>(); while (true) all.Add(ones(1 << 26)); }
            """));
        var (exit, output, errors) = Nn("verify", path, "--seeds", "5", "--time-limit", "12", "--memory-limit", "1000", "--out", "r");
        Assert.True(exit == 1, output + errors);
        using var results = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "r", "results.json")));
        var outcomes = results.RootElement.GetProperty("runs").EnumerateArray()
            .Where(r => r.GetProperty("variant").GetString() == "flagged").Select(r => r.GetProperty("outcome").GetString()).ToList();
        Assert.Equal(["diverged", "crashed", "crashed", "timed out", "out of memory"], outcomes);
        var page = File.ReadAllText(Path.Combine(Folder, "r", "index.html"));
        Assert.DoesNotContain("<b>bold</b>", page);
        Assert.Contains("&lt;b&gt;bold", page);
        Assert.Contains("exit code 3", page);
    }
}

/// <summary>What ends before anything was proved.</summary>
public sealed class VerifyErrorTests : Verifying
{
    [Fact]
    public void What_cannot_be_verified_says_why()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "mine"));
        Write("mine/thesis.txt", "not yours");
        CannotRun("holds something else", "verify", Tests.Nn.Samples, "--out", "mine");
        Assert.Equal("not yours", File.ReadAllText(Path.Combine(Folder, "mine", "thesis.txt")));
        Write("file", "x");
        CannotRun("is a file", "verify", Tests.Nn.Samples, "--out", "file");
        CannotRun("cannot be written", "verify", Tests.Nn.Samples, "--out", Path.Combine("file", "below"));
        CannotRun("is no job folder", "verify", "--run", "mine");
        CannotRun("no such rule", "verify", Tests.Nn.Samples, "--rule", "NN0815");
        CannotRun("--seeds", "verify", Tests.Nn.Samples, "--seeds", "0");
        CannotRun("needs a path", "verify");
        CannotRun("no such libtorch folder", "verify", Tests.Nn.Samples, "--libtorch", "gone");
    }

    [Fact]
    public void A_project_without_a_usable_program_is_told_so()
    {
        var path = Project("public static class Nothing { }");
        CannotRun("no training program", "verify", path, "--out", "r1");
        Project(Program("").Replace("x.sum(1", "y.sum(1"));
        CannotRun("error CS0103", "verify", path, "--out", "r2");
        Project(Program("", target: ""));
        CannotRun("exactly one target", "verify", path, "--out", "r3");
        Project(Program("").Replace("public static void Train(TrainingRun run)", "public static void Train()")
            .Replace("run.Device", "CPU"));
        CannotRun("must be static and take one TrainingRun", "verify", path, "--out", "r4");
        Project(Program("run.Log(step, loss.item<float>());", layers: "Linear(4, 8), ReLU(), Linear(8, 1)"));
        CannotRun("nothing to verify", "verify", path, "--out", "r5");
    }

    [Fact]
    public void CUDA_without_CUDA_is_told_so()
    {
        if (Directory.Exists("/proc/driver/nvidia")) return;
        CannotRun("no CUDA device", "verify", Tests.Nn.FewSamples, "--filter", OneSample, "--seeds", "1", "--device", "cuda", "--out", "r");
        Assert.Empty(Directory.GetFiles(Path.Combine(Folder, "r", "jobs", "results"))); // nothing that a later run would take for a result
    }
}

public class SchedulerAndVerdictTests : InFolder
{
    private static readonly ProgramPlan Program = new()
    {
        Id = "NN1001.X", Rule = "NN1001", RuleTitle = "t", Place = "p", Message = "m", FixTitle = "f", Diff = "",
        Method = "A.B", LossBelow = 0.1,
        Variants = [new("flagged", "a.dll") { Hash = "1" }, new("fixed", "b.dll")],
    };

    private static JobResult Result(string variant, int seed, int? steps, string outcome = "finished") =>
        new() { Job = $"{variant}.{seed}", Program = Program.Id, Variant = variant, Seed = seed, Outcome = outcome,
            StepsToTarget = steps, FinalLoss = 1 };

    private static Verdict Judge(params (int? Before, int? After)[] pairs) =>
        Verify.Verdict.Of(Program,
            pairs.SelectMany((p, i) => new[] { Result("flagged", i, p.Before), Result("fixed", i, p.After) }).ToList());

    [Fact]
    public void Five_better_pairs_help_and_four_of_five_do_not_prove_it()
    {
        Assert.Equal(Verdict.Helps, Judge((null, 5), (null, 5), (null, 5), (null, 5), (9, 5)).Judgement);
        Assert.Equal(1 / 32.0, Judge((null, 5), (null, 5), (null, 5), (null, 5), (9, 5)).PValue, 10);
        Assert.Equal(Verdict.NoEffect, Judge((null, 5), (null, 5), (null, 5), (null, 5), (null, null)).Judgement);
        Assert.Equal(Verdict.NoEffect, Judge((null, null), (null, null), (null, null), (null, null), (null, null)).Judgement);
        Assert.Equal(Verdict.Harms, Judge((5, null), (5, null), (5, null), (5, null), (5, null)).Judgement);
        Assert.Equal(Verdict.LikelyHelps, Judge((null, 5), (null, 5)).Judgement);
        Assert.Equal(Verdict.NoEffect, Judge((null, 5), (5, 5)).Judgement);
    }

    [Fact]
    public void A_run_that_was_cut_is_no_verdict()
    {
        List<JobResult> results = [.. Enumerable.Range(0, 6).Select(i => Result("flagged", i, null)),
            .. Enumerable.Range(0, 6).Select(i => Result("fixed", i, i < 5 ? 5 : null, i < 5 ? "finished" : "timed out"))];
        var verdict = Verify.Verdict.Of(Program, results);
        Assert.Equal((Verdict.Helps, 5, 0), (verdict.Judgement, verdict.Better, verdict.Worse));
    }

    private static Verdict Watched(params (JobResult Before, JobResult After)[] pairs) => Verify.Verdict.Of(
        Program with { Watch = new(9, [], null, "", null) }, pairs.SelectMany(p => new[] { p.Before, p.After }).ToList());

    /// <summary>Without a target scores are compared, and losses where there are none.</summary>
    [Fact]
    public void Scores_are_compared_and_losses_where_there_are_none()
    {
        JobResult Scored(string variant, int seed, double? score, double loss = 1, string outcome = "finished") =>
            Result(variant, seed, null, outcome) with { Score = score, Curve = [new(1, loss, score)] };
        string Judged(double? before, double? after, double lossBefore = 1, double lossAfter = 1) => Watched([.. Enumerable.Range(0, 5)
            .Select(i => (Scored("flagged", i, before, lossBefore), Scored("fixed", i, after, lossAfter)))]).Judgement;
        Assert.Equal(Verdict.Helps, Judged(0.1, 0.9));
        Assert.Equal(Verdict.Harms, Judged(0.9, 0.1));
        Assert.Equal(Verdict.NoEffect, Judged(0.9, 0.905));
        Assert.Equal(Verdict.Helps, Judged(null, null, 2, 1));
        Assert.Equal(Verdict.NoEffect, Judged(null, null, 1, 0.97));
        Assert.Equal(Verdict.Helps, Judged(0.1, 0.9, 1, 50)); // another loss has another scale
        var crash = Enumerable.Range(0, 5).Select(i => (Result("flagged", i, null, "crashed"), Scored("fixed", i, 0.2))).ToArray();
        Assert.Equal(Verdict.Helps, Watched(crash).Judgement);
        var both = Enumerable.Range(0, 5).Select(i => (Result("flagged", i, null, "crashed"), Result("fixed", i, null, "crashed")))
            .ToArray();
        Assert.Equal(Verdict.NotWatched, Watched(both).Judgement);
    }

    [Fact]
    public void A_run_that_crashed_after_its_target_did_not_reach_it() =>
        Assert.Equal(0, Tally.Of([Result("fixed", 0, 5, "crashed")]).Reached);

    [Fact]
    public void Wilsons_interval_agrees_with_published_figures()
    {
        // Newcombe 1998, table I: 81 of 263, and 0 of 20.
        var (low, high) = Tally.Wilson(81, 263);
        Assert.Equal((0.2553, 0.3662), (Math.Round(low, 4), Math.Round(high, 4)));
        Assert.Equal(0.1611, Math.Round(Tally.Wilson(0, 20).High, 4));
    }

    [Fact]
    public void A_result_of_other_code_does_not_count()
    {
        var plan = new Plan { Seeds = 1, Programs = [Program] };
        plan.Save(Folder);
        Assert.Equal(2, Plan.Load(Folder).Jobs().Count());
        var scheduler = new Scheduler(Folder, plan, new RunOptions("cpu", 1, null));
        var job = plan.Jobs().First();
        var result = Result("flagged", 0, 5) with { Job = job.Id };
        AtomicFile.Write(scheduler.ResultPath(job), JsonSerializer.Serialize(result with { Hash = "2" }, Plan.Json));
        Assert.Null(scheduler.Result(job));
        AtomicFile.Write(scheduler.ResultPath(job), JsonSerializer.Serialize(result with { Hash = "1" }, Plan.Json));
        Assert.NotNull(scheduler.Result(job));
    }

    /// <summary>A scheduler stops every process of a job, the training first: that is no result.</summary>
    [Fact]
    public void A_training_that_was_told_to_stop_has_no_result()
    {
        if (OperatingSystem.IsWindows()) return;
        Write("app/nn-run", "#!/bin/sh\nkill -TERM $$\nsleep 5\n");
        File.SetUnixFileMode(Path.Combine(Folder, "app", "nn-run"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var scheduler = new Scheduler(Folder, new Plan { Seeds = 1, Programs = [Program] }, new RunOptions("cpu", 1, null));
        Assert.Contains("stopped from outside",
            Assert.Throws<InvalidOperationException>(() => scheduler.Run(_ => { }, CancellationToken.None)).Message);
        Assert.Empty(Directory.GetFiles(Path.Combine(Folder, "results")));
    }

    [Fact]
    public void Infinite_losses_survive_the_file()
    {
        var text = JsonSerializer.Serialize(
            Result("fixed", 0, null) with { FinalLoss = double.PositiveInfinity, Curve = [new(1, double.NaN, null)] }, Plan.Json);
        var back = JsonSerializer.Deserialize<JobResult>(text, Plan.Json)!;
        Assert.Equal(double.PositiveInfinity, back.FinalLoss);
        Assert.True(double.IsNaN(back.Curve[0].Loss));
    }

    [Fact]
    public void A_damaged_plan_is_named()
    {
        Write("plan.json", "{ half");
        Assert.Contains("cannot be read", Assert.Throws<InvalidDataException>(() => Plan.Load(Folder)).Message);
    }
}
