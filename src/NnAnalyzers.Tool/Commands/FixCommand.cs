using System.CommandLine;
using Microsoft.CodeAnalysis;
using NnAnalyzers.Tool.Sources;

namespace NnAnalyzers.Tool.Commands;

/// <summary>nn fix: applies the fixes to the files, or prints what they would change.</summary>
internal static class FixCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("path")
            { Description = "A project, solution, folder, .cs file or notebook; or the .sarif log of nn check or of a build, whose fixes "
                + "are applied as they stand", DefaultValueFactory = _ => "." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Print the changes as a diff and write nothing" };
        var rule = new Option<string?>("--rule") { Description = "Only this rule, such as NN1001" };
        var proven = new Option<bool>("--proven")
            { Description = "Only the rules whose fix nn verify shows to help here: trains the program before and after, in copies" };
        var root = new Option<string>("--root")
        {
            Description = "With a log: the folder whose files it may change, and which its paths start from",
            DefaultValueFactory = _ => ".",
        };
        var loose = CheckCommand.LooseOption();
        var command = new Command("fix", "Applies every fix until none is left. Exit code 0: done, 1: some files or fixes were left out, "
            + "2: cannot run, or not all could be read.") { path, dryRun, rule, proven, root, loose };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(path)!, parsed.GetValue(dryRun),
            parsed.GetValue(rule), parsed.GetValue(proven), parsed.GetValue(root)!, parsed.GetValue(loose), cancellation));
        return command.WithExamples("nn fix src --dry-run", "nn fix findings.sarif --rule NN1001");
    }

    private static async Task<int> RunAsync(string path, bool dryRun, string? rule, bool proven, string root, bool loose,
        CancellationToken cancellation)
    {
        if (rule is not null) RulesCommand.Find(rule);
        var helping = proven ? await VerifyCommand.HelpingAsync(path, rule, cancellation) : null;
        bool Wanted(Diagnostic finding) => (rule is null || finding.Id.Equals(rule, StringComparison.OrdinalIgnoreCase))
            && helping?.Contains(finding.Id) != false;
        if (Path.GetExtension(path).Equals(".sarif", StringComparison.OrdinalIgnoreCase))
        {
            if (!Directory.Exists(root)) throw new ToolException($"{root}: no such folder");
            var log = SarifLog.Read(path, root);
            foreach (var refused in log.Refused) Console.Error.WriteLine($"nn: left out: {refused}");
            var (fit, after, clashing) = (new List<Diagnostic>(), log.Files, 0);
            foreach (var finding in log.Findings.Where(Wanted))
            {
                var next = await EditApplier.ApplyAsync(log.Files, [.. fit, finding], cancellation);
                // What brings nothing new was left out, unless others have made the same edits.
                if (await IsSameAsync(after, next, cancellation)
                    && FixProperties.Read(finding.Properties).Except(fit.SelectMany(f => FixProperties.Read(f.Properties))).Any())
                {
                    clashing++;
                    continue;
                }
                fit.Add(finding);
                after = next;
            }
            if (clashing > 0) Console.Error.WriteLine($"nn: left out: {clashing} fix{(clashing == 1 ? " touches" : "es touch")} the same "
                + "text as another: build again, then fix again");
            return await FinishAsync(log.Files, after, fit.Count, dryRun, log.Refused.Count + clashing > 0, cancellation);
        }
        using var sources = await SourceSet.OpenAsync(path, "Debug", cancellation, loose);
        sources.SaySkipped();
        var (whole, applied, leftOut) = await Fixer.FixAllAsync(sources.Solution, sources.ProjectIds,
            finding => Wanted(finding) && sources.IsAsked(finding), cancellation);
        foreach (var finding in leftOut) Console.Error.WriteLine(
            $"{Analysis.Place(finding.Location)}: the fix for {finding.Id} would not compile here and was left out");
        var exit = await FinishAsync(sources.Solution, whole, applied, dryRun, leftOut.Count > 0, cancellation);
        return sources.Skipped.Count > 0 ? ExitCode.CannotRun : exit;
    }

    private static async Task<bool> IsSameAsync(Solution one, Solution other, CancellationToken cancellation) =>
        (await Fixer.ChangesAsync(one, other, cancellation)).All(c => c.Old.ContentEquals(c.New));

    private static async Task<int> FinishAsync(Solution before, Solution after, int applied, bool dryRun, bool isPart,
        CancellationToken cancellation)
    {
        var changes = await Fixer.FilesAsync(before, after, cancellation);
        var root = Directory.GetCurrentDirectory();
        var changed = 0;
        if (dryRun) Console.Write(Fixer.Diff(changes, root));
        foreach (var (file, old, text) in changes)
        {
            var shown = Path.GetRelativePath(root, file).Replace('\\', '/');
            if (Fixer.Trouble(file, old, text, isWritten: !dryRun) is { } trouble)
            {
                Console.Error.WriteLine($"nn: left out: {shown}: {trouble}");
                isPart = true;
            }
            else
            {
                changed++;
                if (!dryRun) Console.Error.WriteLine($"changed {shown}");
            }
        }
        Console.Error.WriteLine($"{applied} fix{(applied == 1 ? "" : "es")} {(dryRun ? "would change" : "changed")} {changed} "
            + $"file{(changed == 1 ? "" : "s")}.");
        return isPart ? ExitCode.Findings : ExitCode.Clean;
    }
}
