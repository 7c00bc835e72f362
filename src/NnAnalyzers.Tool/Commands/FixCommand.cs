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
            { Description = "A .csproj, .sln, folder or .cs file; or the .sarif log of a build, whose fixes are applied as they stand",
                DefaultValueFactory = _ => "." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Print the changes as a diff and write nothing" };
        var rule = new Option<string?>("--rule") { Description = "Only this rule, such as NN1001" };
        var proven = new Option<bool>("--proven")
            { Description = "Only the rules whose fix nn verify shows to help here: trains the program before and after, in copies" };
        var command = new Command("fix", "Applies every fix until none is left. Exit code 0: done, 2: cannot run.") 
            { path, dryRun, rule, proven };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(path)!, parsed.GetValue(dryRun),
            parsed.GetValue(rule), parsed.GetValue(proven), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string path, bool dryRun, string? rule, bool proven, CancellationToken cancellation)
    {
        if (rule is not null) RulesCommand.Find(rule);
        var helping = proven ? await VerifyCommand.HelpingAsync(path, rule, cancellation) : null;
        bool Wanted(Diagnostic finding) => (rule is null || finding.Id.Equals(rule, StringComparison.OrdinalIgnoreCase))
            && helping?.Contains(finding.Id) != false;
        if (Path.GetExtension(path).Equals(".sarif", StringComparison.OrdinalIgnoreCase))
        {
            var (files, findings) = SarifLog.Read(path);
            var (fit, stale) = (new List<Diagnostic>(), 0);
            foreach (var finding in findings.Where(Wanted))
                if (await EditApplier.ApplyAsync(files, [finding], cancellation) != files) fit.Add(finding); else stale++;
            if (stale > 0) Console.Error.WriteLine($"{stale} fix{(stale == 1 ? " does" : "es do")} not fit the code any more, "
                + $"which has changed since {path} was written: build again for a new one");
            return await FinishAsync(files, await EditApplier.ApplyAsync(files, fit, cancellation), fit.Count, dryRun, cancellation);
        }
        using var sources = await SourceSet.OpenAsync(path, "Debug", cancellation);
        var (after, applied, leftOut) = await Fixer.FixAllAsync(sources.Solution, sources.ProjectIds, Wanted, cancellation);
        foreach (var finding in leftOut) Console.Error.WriteLine(
            $"{Analysis.Place(finding.Location)}: the fix for {finding.Id} would not compile here and was left out");
        return await FinishAsync(sources.Solution, after, applied, dryRun, cancellation);
    }

    private static async Task<int> FinishAsync(Solution before, Solution after, int applied, bool dryRun, CancellationToken cancellation)
    {
        var changes = await Fixer.ChangesAsync(before, after, cancellation);
        var root = Directory.GetCurrentDirectory();
        if (dryRun) Console.Write(Fixer.Diff(changes, root));
        else foreach (var (file, _, text) in changes) Fixer.Write(file, text);
        Console.Error.WriteLine($"{applied} fix{(applied == 1 ? "" : "es")} {(dryRun ? "would change" : "changed")} {changes.Count} "
            + $"file{(changes.Count == 1 ? "" : "s")}.");
        return ExitCode.Clean;
    }
}
