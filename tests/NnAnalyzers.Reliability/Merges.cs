using System.Text.Json;
using System.Text.Json.Nodes;
using NnAnalyzers.Runner;

namespace NnAnalyzers.Reliability;

/// <summary>Results from elsewhere: nn merge believes none that is not of its plan, and says which file and field.</summary>
internal sealed class Merges() : Listed("merges",
    "nn merge refuses what is not of its plan and names file and field; nothing is written outside of its report",
    Kinds.Select(k => k.Name))
{
    /// <param name="Says">What the line must name.</param>
    private sealed record Kind(string Name, Action<Shares> Spoil, string? Says);

    /// <summary>Two folders, each with the plan and half of its results.</summary>
    public sealed class Shares
    {
        public FaultFolder Folder { get; } = new();

        public static Plan Plan { get; } = new()
        {
            Seeds = 2,
            Programs = [new ProgramPlan { Id = "NN1001.A", Rule = "NN1001", RuleTitle = "Activation on the output layer",
                Place = "A.cs(1,1)",
                Message = "ReLU", FixTitle = "Remove ReLU", Diff = "", Method = "A.Train", LossBelow = 0.1, Variants =
                [
                    new Variant("flagged", "programs/NN1001.A/flagged.dll") { Hash = "AA" },
                    new Variant("fixed", "programs/NN1001.A/fixed.dll") { Hash = "BB" },
                ] }],
        };

        public Shares()
        {
            for (var i = 0; i < 2; i++)
            {
                Plan.Save(Directory.CreateDirectory(Folder.At($"share{i}")).FullName);
                foreach (var job in Plan.Jobs().Where(j => j.Seed == i))
                    Folder.Write($"share{i}/results/{job.Id}.json", JsonSerializer.Serialize(new JobResult { Job = job.Id,
                        Program = job.Program.Id,
                        Variant = job.Variant.Name, Seed = job.Seed, Hash = job.Variant.Hash, Outcome = JobResult.Finished, Seconds = 1,
                        StepsToTarget = job.Variant.Name == "fixed" ? 2 : null, FinalLoss = 0.5,
                        Curve = [new(1, 0.9, null), new(2, job.Variant.Name == "fixed" ? 0.05 : 0.5, null)] },
                        NnAnalyzers.Runner.Plan.Json));
            }
        }

        public void Result(Action<JsonNode> change) => Change("share0/results/NN1001.A.fixed.0.json", change);
        public void PlanOf(Action<JsonNode> change, string share = "share0") => Change(share + "/plan.json", change);

        private void Change(string file, Action<JsonNode> change)
        {
            var json = JsonNode.Parse(File.ReadAllText(Folder.At(file)))!;
            change(json);
            File.WriteAllText(Folder.At(file), json.ToJsonString());
        }
    }

    private static readonly Kind[] Kinds =
    [
        new("two sound halves", _ => { }, null),
        new("a result of another version", s => s.Result(r => r["version"] = 7), "version"),
        new("a result of another seed", s => s.Result(r => r["seed"] = 5), "seed"),
        new("a result of another program", s => s.Result(r => r["program"] = "NN9.B"), "program"),
        new("a result of another variant", s => s.Result(r => r["variant"] = "flagged"), "variant"),
        new("a result of another job", s => s.Result(r => r["job"] = "../../x"), "job"),
        new("a result of other code", s => s.Result(r => r["hash"] = "CC"), "missing"),
        new("an outcome that is none", s => s.Result(r => r["outcome"] = "great"), "outcome"),
        new("no outcome", s => s.Result(r => r.AsObject().Remove("outcome")), "outcome"),
        new("negative seconds", s => s.Result(r => r["seconds"] = -4), "seconds"),
        new("negative steps", s => s.Result(r => r["stepsToTarget"] = -4), "stepsToTarget"),
        new("a curve that is null", s => s.Result(r => r["curve"] = null), "curve"),
        new("a negative step in the curve", s => s.Result(r => r["curve"]![0]!["step"] = -1), "curve"),
        new("a null in the curve", s => s.Result(r => r["curve"]![0] = null), "curve"),
        new("an environment that is null", s => s.Result(r => r["environment"] = null), "environment"),
        new("a word for a number", s => s.Result(r => r["seed"] = "first"), "seed"),
        new("half a result", s => File.WriteAllText(s.Folder.At("share0/results/NN1001.A.fixed.0.json"), "{\"job\": \"NN1"),
            "fixed.0.json"),
        new("an empty result", s => File.WriteAllText(s.Folder.At("share0/results/NN1001.A.fixed.0.json"), ""), "fixed.0.json"),
        new("a result that is missing", s => File.Delete(s.Folder.At("share0/results/NN1001.A.fixed.0.json")), "missing"),
        new("a pipe for a result", s => { File.Delete(s.Folder.At("share0/results/NN1001.A.fixed.0.json"));
            ToolRun.Shell(s.Folder.Path, "mkfifo share0/results/NN1001.A.fixed.0.json"); }, "regular"),
        new("a plan of another version", s => s.PlanOf(p => p["version"] = 2), "version"),
        new("a plan with other seeds", s => s.PlanOf(p => p["seeds"] = 3, "share1"), "different"),
        new("a plan with a program more", s => s.PlanOf(p => ((JsonArray)p["programs"]!).Add(p["programs"]![0]!.DeepClone())), "twice"),
        new("an id that leaves the folder", s => s.PlanOf(p => p["programs"]![0]!["id"] = "../../out"), "id"),
        new("a null among the variants", s => s.PlanOf(p => p["programs"]![0]!["variants"]![0] = null), "variants"),
    ];

    protected override string? Try(int at, Random random)
    {
        var kind = Kinds[at];
        var shares = new Shares();
        using var folder = shares.Folder;
        kind.Spoil(shares);
        var before = folder.Snapshot();
        var end = ToolRun.Run(folder.Path, "merge", "share0", "share1", "--out", "report");
        var changed = folder.Snapshot().Where(f => before.GetValueOrDefault(f.Key) != f.Value && !f.Key.StartsWith("report"))
            .Select(f => f.Key).ToList();
        return end.Trouble ?? (changed.Count > 0 ? $"changed {string.Join(", ", changed)}"
            : kind.Says is null ? end.ExitCode == 0 ? null : $"exit code {end.ExitCode}: {end.Errors.Trim()}"
            : end.ExitCode != 2 ? $"was believed (exit code {end.ExitCode})"
            : !end.Errors.Contains(kind.Says, StringComparison.Ordinal) ? $"does not say '{kind.Says}': {end.Errors.Trim()}" : null);
    }
}
