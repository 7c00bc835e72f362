using System.Text;
using Microsoft.CodeAnalysis;

namespace NnAnalyzers;

/// <summary>
/// A set of severities that a project chooses with <c>&lt;NnAnalysisMode&gt;</c>. The package brings each as a global configuration of level −100,
/// so that whatever the user writes in an .editorconfig or .globalconfig wins. The files are generated from the catalog.
/// </summary>
/// <param name="Severity">Null where nothing is set, so that settings of whole categories count.</param>
internal sealed record Preset(string Name, string Says, Func<Rule, ReportDiagnostic>? Severity)
{
    public static readonly IReadOnlyList<Preset> All =
    [
        new("Default", "every rule at its own level", null),
        new("Article", "every tip of the article a warning, the other rules at their own level", rule => rule.Source == RuleSource.Article ? ReportDiagnostic.Warn : Own(rule)),
        new("Strict", "errors, for CI: every rule that warns or informs; advice stays hidden", rule => rule.Level == RuleLevel.Advice ? ReportDiagnostic.Hidden : ReportDiagnostic.Error),
        new("All", "every rule a warning, advice too", _ => ReportDiagnostic.Warn),
        new("None", "no rule", _ => ReportDiagnostic.Suppress),
    ];

    /// <summary>The file's name in the package.</summary>
    public string FileName => $"NnAnalyzers.{Name}.globalconfig";

    public string Text()
    {
        var text = new StringBuilder($"# NnAnalysisMode {Name}: {Says}. Generated from the rules.\nis_global = true\nglobal_level = -100\n\n");
        foreach (var rule in RuleCatalog.All.OrderBy(r => r.Id, StringComparer.Ordinal))
            if (Severity is not null) text.Append($"dotnet_diagnostic.{rule.Id}.severity = {Word(Severity(rule))}\n");
        return text.ToString();
    }

    private static ReportDiagnostic Own(Rule rule) => rule.Level switch { RuleLevel.Proven => ReportDiagnostic.Warn, RuleLevel.Likely => ReportDiagnostic.Info, _ => ReportDiagnostic.Hidden };

    /// <summary>As an .editorconfig says it.</summary>
    private static string Word(ReportDiagnostic severity) => severity switch
    {
        ReportDiagnostic.Error => "error", ReportDiagnostic.Warn => "warning", ReportDiagnostic.Info => "suggestion", ReportDiagnostic.Hidden => "silent", _ => "none",
    };
}
