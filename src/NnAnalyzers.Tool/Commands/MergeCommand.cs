using System.CommandLine;
using NnAnalyzers.Runner;
using NnAnalyzers.Tool.Formats;

namespace NnAnalyzers.Tool.Commands;

/// <summary>nn merge: one report of the shares that several machines trained.</summary>
internal static class MergeCommand
{
    public static Command Create()
    {
        var folders = new Argument<string[]>("folders")
            { Description = "The report or job folders of the shares", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string>("--out") { Description = "The report folder", DefaultValueFactory = _ => "nn-report" };
        var format = Format.Option();
        var command = new Command("merge", "Puts the results of nn verify --shard together and reports as nn verify does. Runs nothing. "
            + "Exit code 0: every fix helped, 1: some did not, 2: results are missing or do not belong together.")
            { folders, output, format };
        command.SetAction(parsed =>
        {
            var report = parsed.GetValue(output)!;
            var jobFolder = Path.Combine(report, "jobs");
            var shares = parsed.GetValue(folders)!.Select(f => File.Exists(Path.Combine(f, "jobs", Plan.FileName)) ? Path.Combine(f, "jobs")
                : f).Select(f => (Folder: f, Plan: Plan.Load(f))).ToList();
            // Making room for the report would throw the share's results away.
            if (shares.Any(s => Path.GetFullPath(s.Folder) == Path.GetFullPath(jobFolder)
                || Path.GetFullPath(s.Folder) == Path.GetFullPath(report)))
                throw new ToolException($"{report}: is one of the shares: name another folder for the report with --out");
            var plan = shares[0].Plan;
            foreach (var (folder, other) in shares.Skip(1))
                if (!other.Jobs().Select(j => (j.Id, j.Variant.Hash)).SequenceEqual(plan.Jobs().Select(j => (j.Id, j.Variant.Hash))))
                    throw new ToolException($"{folder} and {shares[0].Folder} come from different code or seeds: "
                        + "prepare once with nn verify --prepare, and run shares of that folder");
            using var claimed = VerifyCommand.Claim(report, jobFolder, keep: false);
            foreach (var (folder, other) in shares)
            {
                var scheduler = new Scheduler(folder, other, new RunOptions("auto", 1, null));
                foreach (var job in other.Jobs())
                    if (scheduler.Result(job) is not null)
                        AtomicFile.Write(Path.Combine(jobFolder, Plan.ResultsFolder, Path.GetFileName(scheduler.ResultPath(job))),
                            File.ReadAllBytes(scheduler.ResultPath(job)));
            }
            plan.Save(jobFolder);
            var whole = new Scheduler(jobFolder, plan, new RunOptions("auto", 1, null));
            var results = plan.Jobs().Select(j => (Job: j, Result: whole.Result(j))).ToList();
            if (results.FirstOrDefault(r => r.Result is null) is { Job: { } missing })
                throw new ToolException(
                    $"{results.Count(r => r.Result is null)} of {results.Count} results are missing, {missing.Id} among "
                    + "them: run the shares to their end, then merge again");
            return VerifyCommand.Conclude(report, plan, results.Select(r => r.Result!).ToList(),
                new RunOptions("auto", 1, null), took: null, VerifyCommand.Telling(parsed.GetValue(format)));
        });
        return command.WithExamples("nn merge share-1 share-2 share-3", "nn merge shares/* --out report");
    }
}
