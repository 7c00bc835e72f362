using System.Diagnostics;
using k8s;
using k8s.Models;
using NnAnalyzers.Runner;

namespace NnAnalyzers.Tool.Tests;

/// <summary>The recipes of docs/ci.md, run as they stand there; and what they are made of.</summary>
public sealed class CiTests : InFolder
{
    private const string Flagged = """
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        static class Old
        {
            static void Train(Tensor x, Tensor y)
            {
                var model = Sequential(Linear(4, 8), ReLU(), Linear(8, 1), ReLU());
                functional.mse_loss(model.forward(x), y).backward();
            }
        }
        """;

    private static string Page => File.ReadAllText(Path.Combine(Tests.Nn.Root, "docs", "ci.md"));

    private static string Block(string name) => Page.Split($"```sh {name}\n")[1].Split("```")[0];

    /// <summary>The block of a recipe, run by sh with the built tool as nn.</summary>
    private (int ExitCode, string Output) Recipe(string name, string? only = null)
    {
        var script = Block(name);
        if (only is not null) script = script.Split('\n').Single(l => l.Contains(only, StringComparison.Ordinal));
        return Sh(script);
    }

    private (int ExitCode, string Output) Sh(string script)
    {
        Write("bin/nn", $"#!/bin/sh\nexec dotnet '{Tests.Nn.Tool}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path.Combine(Folder, "bin/nn"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var start = new ProcessStartInfo("sh") { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-ec");
        start.ArgumentList.Add(script);
        start.Environment["PATH"] = Path.Combine(Folder, "bin") + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH");
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    [Fact]
    public void A_baseline_lets_only_new_findings_fail()
    {
        Write("Old.cs", Flagged);
        var (exit, output) = Recipe("baseline");
        Assert.True(exit == 0, output);
        Assert.Contains("1 finding written to nn-baseline.json", output);
        Assert.Contains("No new findings.", output);
        // Lines that move are still known; the same mistake a second time is new.
        Write("Old.cs", "// moved\n\n" + Flagged);
        Assert.Equal(0, Recipe("baseline", "--baseline").ExitCode);
        Write("New.cs", Flagged.Replace("class Old", "class New"));
        (exit, output) = Recipe("baseline", "--baseline");
        Assert.Equal(1, exit);
        Assert.Contains("New.cs(8,68): warning NN1001", output);
        Assert.DoesNotContain("Old.cs(", output);
        Assert.Contains("1 known from nn-baseline.json left out", output);
        // What is gone is told.
        File.Delete(Path.Combine(Folder, "Old.cs"));
        Assert.Contains("1 of nn-baseline.json is gone", Recipe("baseline", "--baseline").Output);
        CannotRun("no such baseline: make one with nn check --write-baseline gone.json", "check", ".", "--baseline", "gone.json");
        Write("half.json", "{ half");
        CannotRun("half.json: no baseline", "check", ".", "--baseline", "half.json");
    }

    [Fact]
    public void The_hook_stops_a_commit_with_a_new_finding()
    {
        Write("Fine.cs", Flagged.Replace(", ReLU());", ");"));
        var (exit, output) = Sh("git init -q . && git config user.email t@t && git config user.name t && nn check . "
            + "--write-baseline nn-baseline.json && printf 'bin/\\n' > .gitignore");
        Assert.True(exit == 0, output);
        Write(".git/hooks/pre-commit", Block("pre-commit"));
        Assert.Equal(0, Sh("chmod +x .git/hooks/pre-commit && git add -A && git commit -qm fine").ExitCode);
        Write("Old.cs", Flagged);
        (exit, output) = Sh("git add -A && git commit -qm flagged");
        Assert.Equal(1, exit);
        Assert.Contains("Old.cs(8,68): warning NN1001", output);
        // Other files are no business of it.
        Write("notes.txt", "x");
        Assert.Equal(0, Sh("git reset -q && git add notes.txt && git commit -qm notes").ExitCode);
    }

    [Fact]
    public void The_workflow_writes_what_is_uploaded()
    {
        Write("Old.cs", Flagged);
        Write("nn-baseline.json", """{ "version": 1, "findings": [] }""");
        var line = Page.Split('\n').Single(l => l.Contains("- run: nn check", StringComparison.Ordinal)).Split("- run: ")[1];
        Assert.Equal(1, Sh(line).ExitCode);
        Assert.Contains("\"ruleId\": \"NN1001\"", File.ReadAllText(Path.Combine(Folder, "nn.sarif")));
    }

    private static string Block(string language, string name) => Page.Split($"```{language} {name}\n")[1].Split("```")[0];

    /// <summary>
    /// What the recipe of a system runs, run here: a new finding stops it, and the log is where the recipe takes it from.
    /// </summary>
    [Theory]
    [InlineData("yaml", "gitlab", "nn.sarif")]
    [InlineData("yaml", "azure", "logs/nn.sarif")]
    [InlineData("groovy", "jenkins", "nn.sarif")]
    public void The_recipe_of_a_system_stops_at_a_new_finding(string language, string name, string log)
    {
        Write("Old.cs", Flagged);
        Write("nn-baseline.json", """{ "version": 1, "findings": [] }""");
        var block = Block(language, name);
        var line = block.Split('\n').Single(l => l.Contains(".nn/nn check", StringComparison.Ordinal));
        line = line[line.IndexOf(".nn/nn", StringComparison.Ordinal)..].TrimEnd('\'');
        Assert.Contains("dotnet tool install --tool-path .nn NnAnalyzers.Tool", block);
        Assert.Equal(1, Sh(line.Replace(".nn/nn", "nn")).ExitCode);
        Assert.Contains("\"ruleId\": \"NN1001\"", File.ReadAllText(Path.Combine(Folder, log)));
        // The same path again: to publish it, its folder will do.
        Assert.Equal(2, block.Split(log).Length - 1 + (block.Contains("pathToPublish: logs,", StringComparison.Ordinal) ? 1 : 0));
    }

    /// <summary>Every key is one that the system knows, in its place.</summary>
    [Theory]
    [InlineData("gitlab", "networks", "networks.image networks.script networks.artifacts.when networks.artifacts.paths")]
    [InlineData("azure", "steps", "trigger pool.vmImage steps.task steps.script steps.condition steps.inputs.packageType "
        + "steps.inputs.version steps.inputs.pathToPublish steps.inputs.artifactName")]
    public void A_recipe_in_YAML_has_the_keys_of_its_system(string name, string needed, string known)
    {
        var keys = Keys(KubernetesYaml.Deserialize<Dictionary<string, object>>(Block("yaml", name)), "").ToHashSet();
        Assert.Contains(keys, k => k.StartsWith(needed, StringComparison.Ordinal));
        Assert.Empty(keys.Except(known.Split(' ')));
    }

    private static IEnumerable<string> Keys(object? node, string path) => node switch
    {
        Dictionary<string, object> map => map.SelectMany(p => Keys(p.Value, $"{path}.{p.Key}".TrimStart('.'))),
        Dictionary<object, object> map => map.SelectMany(p => Keys(p.Value, $"{path}.{p.Key}".TrimStart('.'))),
        List<object> list when list.Any(i => i is not string) => list.SelectMany(i => Keys(i, path)),
        _ => [path],
    };

    [Fact]
    public void Shares_of_several_machines_merge_into_one_report()
    {
        var samples = Tests.Nn.FewSamples;
        var script = Block("shards").Replace("nn verify .", $"nn verify '{samples}' --filter {AnotherSample} --seeds 2 --device cpu");
        var (exit, output) = Sh(script.Split('\n')[0]);
        Assert.True(exit == 0, output);
        CannotRun("of 8 results are missing", "merge", "share-1");
        CannotRun("is one of the shares", "merge", "share-1", "--out", "share-1");
        // What a merge that was killed at once leaves is no reason to refuse the folder.
        Directory.CreateDirectory(Path.Combine(Folder, "merged", "jobs"));
        File.WriteAllText(Path.Combine(Folder, "merged", "jobs", ".nn-lock"), "");
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(Folder, "share-1", "jobs", "results")));
        (exit, output) = Sh(string.Join('\n', script.Split('\n')[1..]));
        Assert.True(exit == 0, output);
        Assert.Contains("1 of 1 fixes helped; 8 trainings.", output);
        Assert.True(File.Exists(Path.Combine(Folder, "nn-report", "index.html")));
        // Shares of other code do not belong together.
        var plan = Plan.Load(Path.Combine(Folder, "share-2", "jobs"));
        (plan with { Programs = plan.Programs.Select(p => p with { Variants = p.Variants.Select(v => v with { Hash = "other" }).ToList() })
            .ToList() }).Save(Path.Combine(Folder, "share-2", "jobs"));
        CannotRun("come from different code or seeds", "merge", "share-1", "share-2", "--out", "m2");
    }

    /// <summary>Every field is one that Kubernetes knows, and the number of shares is said once.</summary>
    [Fact]
    public void The_job_of_Kubernetes_fits_its_schema()
    {
        var yaml = Page.Split("```yaml kubernetes\n")[1].Split("```")[0];
        var job = KubernetesYaml.Deserialize<V1Job>(yaml, strict: true);
        Assert.Equal(("batch/v1", "Job", "Indexed"), (job.ApiVersion, job.Kind, job.Spec.CompletionMode));
        Assert.Equal(job.Spec.Completions, job.Spec.Parallelism);
        var container = Assert.Single(job.Spec.Template.Spec.Containers);
        Assert.Contains($"auto/{job.Spec.Completions}", container.Args);
        Assert.Contains(container.VolumeMounts.Single().Name, job.Spec.Template.Spec.Volumes.Select(v => v.Name));
        yaml = yaml.Replace("completionMode", "completionMood");
        Assert.ThrowsAny<Exception>(() => KubernetesYaml.Deserialize<V1Job>(yaml, strict: true));
    }

    [Theory]
    [InlineData("2/8", "", 2, 8)]
    [InlineData("auto", "SLURM_ARRAY_TASK_ID=5 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_COUNT=8", 5, 8)]
    [InlineData("auto", "SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_COUNT=4", 1, 4)]
    [InlineData("auto/8", "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=3 SLURM_ARRAY_TASK_COUNT=1", 3, 8)]
    [InlineData("auto/8", "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_COUNT=8", 4, 8)]
    [InlineData("auto/8", "JOB_COMPLETION_INDEX=0", 1, 8)]
    [InlineData("auto", "CI_NODE_INDEX=3 CI_NODE_TOTAL=3", 3, 3)]
    [InlineData("auto", "CIRCLE_NODE_INDEX=0 CIRCLE_NODE_TOTAL=2", 1, 2)]
    public void A_share_is_read_from_the_schedulers_variables(string text, string variables, int index, int count)
    {
        var set = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToDictionary(v => v.Split('=')[0], v => v.Split('=')[1]);
        Assert.Equal(new Shard(index, count), Shard.Parse(text, set.GetValueOrDefault));
    }

    [Theory]
    [InlineData("0/8")]
    [InlineData("9/8")]
    [InlineData("8")]
    [InlineData("a/b")]
    [InlineData("1/2/3")]
    [InlineData("auto")]
    [InlineData("auto/8")]
    public void A_share_that_is_none_is_told(string text) =>
        Assert.StartsWith("--shard " + text, Assert.Throws<InvalidDataException>(() => Shard.Parse(text, _ => null)).Message);

    [Fact]
    public void Shares_are_whole_pairs()
    {
        Variant[] variants = [new("flagged", "a"), new("fixed", "b"), new("nothing", "a", 5), new("random-0", "c", ForSeed: 0)];
        ProgramPlan Program(int i) => new() { Id = $"NN1001.P{i}", Rule = "NN1001", RuleTitle = "", Place = "", Message = "", FixTitle = "",
            Diff = "", Method = "", Variants = variants };
        var plan = new Plan { Seeds = 5, Programs = Enumerable.Range(0, 7).Select(Program).ToList() };
        var shares = Enumerable.Range(1, 4).Select(i => new Shard(i, 4).Of(plan.Jobs()).ToList()).ToList();
        Assert.Equal(plan.Jobs().Select(j => j.Id).Order(), shares.SelectMany(s => s).Select(j => j.Id).Order());
        // Both versions of a program with one seed, and its controls, go to the same machine.
        Assert.All(shares, s => Assert.All(s.GroupBy(j => (j.Program.Id, j.Seed)),
            g => Assert.Equal(g.Key.Seed == 0 ? 4 : 3, g.Count())));
        Assert.All(shares, s => Assert.InRange(s.Select(j => (j.Program.Id, j.Seed)).Distinct().Count(), 8, 9));
        Assert.All(shares, s => Assert.True(s.Select(j => j.Program.Id).Distinct().Count() > 3));
    }
}
