using System.CommandLine;
using Microsoft.CodeAnalysis;
using NnAnalyzers.Tool.Formats;
using NnAnalyzers.Tool.Sources;

namespace NnAnalyzers.Tool.Commands;

/// <summary>nn check: findings on the console and as SARIF.</summary>
internal static class CheckCommand
{
    public static Argument<string> PathArgument() =>
        new("path") { Description = "A project, solution, folder, .cs file or notebook", DefaultValueFactory = _ => "." };

    public static Option<bool> LooseOption() =>
        new("--loose") { Description = "Read the code of a folder or project without MSBuild, which runs what a project says; against "
            + "the packages of an earlier restore, or the TorchSharp of this tool" };

    public static Command Create()
    {
        var path = PathArgument();
        var format = Format.Option();
        var output = new Option<string?>("--out") { Description = "Write that format into this file; the console gets the usual" };
        var sarif = new Option<string?>("--sarif") { Description = "The same as --format sarif --out FILE, besides another format" };
        var since = new Option<string?>("--since") { Description = "Only findings in lines changed since this revision of git" };
        var baseline = new Option<string?>("--baseline") { Description = "Leave out what this file knows: only new findings count" };
        var prune = new Option<bool>("--prune") { Description = "Take out of the baseline what is gone" };
        var write = new Option<string?>("--write-baseline") { Description = "Write all findings into this file, to be known from now on" };
        var watch = new Option<bool>("--watch") { Description = "Check again whenever a file is saved, and say what came and what went" };
        var modes = string.Join(", ", Preset.All.Select(p => p.Name));
        var preset = new Option<Preset?>("--preset")
        {
            Description = $"How severe each rule is where no .editorconfig says: {modes}",
            HelpName = "mode",
            CustomParser = given =>
            {
                var found = Preset.Find(given.Tokens[0].Value);
                if (found is null) given.AddError($"--preset '{given.Tokens[0].Value}' is none of {modes}");
                return found;
            },
        };
        var loose = LooseOption();
        var command = new Command("check",
            "Reads the code and prints what it finds. Exit code 0: clean, 1: findings, 2: cannot run, or not all could be read.")
            { path, preset, format, output, since, baseline, prune, write, watch, sarif, loose };
        command.SetAction((parsed, cancellation) =>
        {
            var asked = new Asked(parsed.GetValue(path)!, parsed.GetValue(preset), parsed.GetValue(loose));
            var known = parsed.GetValue(baseline);
            if (parsed.GetValue(prune) && known is null) throw new ToolException("--prune goes with --baseline FILE");
            if (parsed.GetValue(watch)) return CheckWatch.RunAsync(asked, parsed.GetValue(format) ?? Format.Usual, cancellation);
            return RunAsync(asked, parsed.GetValue(format), parsed.GetValue(output), parsed.GetValue(sarif), parsed.GetValue(since),
                known, parsed.GetValue(prune), parsed.GetValue(write), cancellation);
        });
        return command.WithExamples("nn check src --format github", "nn check --baseline nn-baseline.json --since main");
    }

    /// <summary>What is to be checked, and how.</summary>
    internal sealed record Asked(string Path, Preset? Preset, bool IsLoose)
    {
        public Task<SourceSet> OpenAsync(CancellationToken cancellation) => SourceSet.OpenAsync(Path, "Debug", cancellation, IsLoose);
    }

    /// <summary>
    /// The findings that are shown: a file of several projects or target frameworks is reported once, and hidden advice is not. A rule that
    /// failed is told at once.
    /// </summary>
    public static async Task<(IReadOnlyList<Diagnostic> Findings, int Failures)> FindAsync(SourceSet sources, Preset? preset,
        CancellationToken cancellation, Solution? solution = null)
    {
        var findings = await sources.FindAsync(preset, cancellation, solution);
        var failures = findings.Where(f => f.Id is "NN0000" or "AD0001").ToList();
        foreach (var failure in failures)
            Console.Error.WriteLine($"nn: {Analysis.Place(failure.Location)}: {failure.GetMessage()} (please report this)");
        return (findings.Where(f => f.Severity != DiagnosticSeverity.Hidden).Except(failures)
            .DistinctBy(f => (f.Location.GetLineSpan().Path, f.Location.SourceSpan, f.Id)).ToList(), failures.Count);
    }

    private static async Task<int> RunAsync(Asked asked, Format? format, string? output, string? sarif, string? since, string? baseline,
        bool prune, string? write, CancellationToken cancellation)
    {
        var known = baseline is null ? null : Baseline.Load(baseline);
        var root = Directory.GetCurrentDirectory();
        var changed = since is null ? null : await ChangedLines.SinceAsync(since, root, cancellation);
        using var sources = await asked.OpenAsync(cancellation);
        var (found, failures) = await FindAsync(sources, asked.Preset, cancellation);
        sources.SaySkipped();
        var missing = failures + sources.Skipped.Count;
        if (write is not null)
        {
            if (missing > 0) throw new ToolException($"{Parts(missing)} of the code could not be checked (above): no baseline is written");
            Baseline.Write(write, found);
            Console.WriteLine($"{Findings(found.Count)} written to {write}: nn check --baseline {write} tells new ones.");
            return ExitCode.Clean;
        }
        var fresh = known is null ? found : found.Where(f => !known.Knows(f)).ToList();
        var entries = (changed is null ? fresh : fresh.Where(f => changed.Has(Script.InFile(f.Location)))).Select(Entry.Of).ToList();
        if (output is not null) (format ?? Format.Usual).WriteTo(output, entries, root);
        if (sarif is not null) Format.All.Single(f => f.Name == "sarif").WriteTo(sarif, entries, root);
        var shown = output is null && format is not null ? format : Format.Usual;
        shown.Write(entries, root, Console.Out);
        // What goes along with a format for programs must not go into it.
        var say = shown.IsForPeople ? Console.Out : Console.Error;
        var fixable = entries.Count(e => e.FixTitle is not null);
        if (missing == 0 || entries.Count > 0) say.WriteLine(entries.Count == 0 ? found.Count == 0 ? "No findings." : "No new findings."
            : $"{Findings(entries.Count)}, {fixable} with a fix (nn fix {asked.Path}).");
        if (found.Count > fresh.Count) say.WriteLine($"{found.Count - fresh.Count} known from {baseline} left out.");
        if (fresh.Count > entries.Count) say.WriteLine($"{fresh.Count - entries.Count} in lines not changed since {since} left out.");
        if (known?.Gone > 0 && missing == 0)
        {
            if (prune) known.Prune(baseline!);
            var (are, them) = known.Gone == 1 ? ("is", "it") : ("are", "them");
            say.WriteLine($"{known.Gone} of {baseline} {are} gone"
                + (prune ? " and taken out of it." : $": --prune takes {them} out and keeps {them} from coming back."));
        }
        if (missing > 0)
        {
            Console.Error.WriteLine($"nn: incomplete: {Parts(missing)} of the code could not be checked (above)");
            return ExitCode.CannotRun;
        }
        return entries.Count == 0 ? ExitCode.Clean : ExitCode.Findings;
    }

    private static string Parts(int count) => $"{count} part{(count == 1 ? "" : "s")}";

    public static string Findings(int count) => $"{count} finding{(count == 1 ? "" : "s")}";
}
