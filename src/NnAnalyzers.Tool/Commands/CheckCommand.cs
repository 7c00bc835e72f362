using System.CommandLine;
using Microsoft.CodeAnalysis;
using NnAnalyzers.Tool.Sources;
using Spectre.Console;

namespace NnAnalyzers.Tool.Commands;

/// <summary>nn check: findings on the console and as SARIF.</summary>
internal static class CheckCommand
{
    public static Argument<string> PathArgument() =>
        new("path") { Description = "A .csproj, .sln, folder or .cs file", DefaultValueFactory = _ => "." };

    public static Option<bool> LooseOption() =>
        new("--loose") { Description = "Read the code of a folder or project without MSBuild, which runs what a project says; against "
            + "the packages of an earlier restore, or the TorchSharp of this tool" };

    public static Command Create()
    {
        var path = PathArgument();
        var sarif = new Option<string?>("--sarif") { Description = "Also write the findings to this file as SARIF 2.1" };
        var baseline = new Option<string?>("--baseline") { Description = "Leave out what this file knows: only new findings count" };
        var write = new Option<string?>("--write-baseline") { Description = "Write all findings into this file, to be known from now on" };
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
            { path, preset, sarif, baseline, write, loose };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(path)!, parsed.GetValue(sarif), parsed.GetValue(baseline),
            parsed.GetValue(write), parsed.GetValue(preset), parsed.GetValue(loose), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string path, string? sarif, string? baseline, string? write, Preset? preset,
        bool loose, CancellationToken cancellation)
    {
        var known = baseline is null ? null : Baseline.Load(baseline);
        using var sources = await SourceSet.OpenAsync(path, "Debug", cancellation, loose);
        var root = Directory.GetCurrentDirectory();
        var findings = new List<Diagnostic>();
        foreach (var project in sources.Projects) findings.AddRange(await Analysis.FindAsync(project, cancellation, preset));
        var failures = findings.Where(f => f.Id is "NN0000" or "AD0001").ToList();
        foreach (var failure in failures)
            Console.Error.WriteLine($"nn: {Analysis.Place(failure.Location)}: {failure.GetMessage()} (please report this)");
        sources.SaySkipped();
        var missing = failures.Count + sources.Skipped.Count;
        // A file of several projects or target frameworks is reported once; hidden advice is not printed.
        findings = findings.Where(f => f.Severity != DiagnosticSeverity.Hidden && f.Id is not ("NN0000" or "AD0001"))
            .DistinctBy(f => (f.Location.GetLineSpan().Path, f.Location.SourceSpan, f.Id)).ToList();
        if (write is not null)
        {
            if (missing > 0) throw new ToolException($"{missing} part{(missing == 1 ? "" : "s")} of the code could not be checked (above): "
                + "no baseline is written");
            Baseline.Write(write, findings);
            Console.WriteLine($"{findings.Count} finding{(findings.Count == 1 ? "" : "s")} written to {write}: "
                + $"nn check --baseline {write} tells new ones.");
            return ExitCode.Clean;
        }
        var all = findings.Count;
        if (known is not null) findings = findings.Where(f => !known.Knows(f)).ToList();
        foreach (var finding in findings) Console.WriteLine(Line(finding));
        if (sarif is not null) Sarif.Write(sarif, findings, root);
        var fixable = findings.Count(f => f.Properties.ContainsKey(FixProperties.Title));
        if (missing == 0 || findings.Count > 0) Console.WriteLine(findings.Count == 0 ? all == 0 ? "No findings." : "No new findings."
            : $"{findings.Count} finding{(findings.Count == 1 ? "" : "s")}, {fixable} with a fix (nn fix {path}).");
        if (all > findings.Count) Console.WriteLine($"{all - findings.Count} known from {baseline} left out.");
        if (known?.Gone > 0) Console.WriteLine($"{known.Gone} of {baseline} {(known.Gone == 1 ? "is" : "are")} gone: "
            + $"write it anew to keep {(known.Gone == 1 ? "it" : "them")} from coming back.");
        if (missing > 0)
        {
            Console.Error.WriteLine($"nn: incomplete: {missing} part{(missing == 1 ? "" : "s")} of the code could not be checked (above)");
            return ExitCode.CannotRun;
        }
        return findings.Count == 0 ? ExitCode.Clean : ExitCode.Findings;
    }

    /// <summary>The line a compiler would print.</summary>
    public static string Line(Diagnostic finding) =>
        $"{Analysis.Place(finding.Location)}: {finding.Severity.ToString().ToLowerInvariant()} {finding.Id}: {finding.GetMessage()}";
}
