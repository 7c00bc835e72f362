using System.Text;
using Microsoft.CodeAnalysis;
using NnAnalyzers.Graph;

namespace NnAnalyzers;

/// <summary>
/// A set of severities that a project chooses with <c>&lt;NnAnalysisMode&gt;</c>. The package brings each as a global configuration of
/// level −100,
/// so that whatever the user writes in an .editorconfig or .globalconfig wins. The files are generated from the catalog.
/// </summary>
/// <param name="Severity">A rule's severity, null for none; itself null where nothing is set, so that settings of whole categories
/// count.</param>
internal sealed record Preset(string Name, string Says, Func<Rule, DiagnosticSeverity?>? Severity)
{
    public static readonly IReadOnlyList<Preset> All =
    [
        new("Default", "every rule at its own level", null),
        new("Article", "every tip of the article a warning, and nothing else",
        rule => rule.Source == RuleSource.Article ? DiagnosticSeverity.Warning : null),
        new("Strict", "errors, for CI: every rule that warns or informs; advice stays hidden",
        rule => rule.Level == RuleLevel.Advice ? DiagnosticSeverity.Hidden : DiagnosticSeverity.Error),
        new("All", "every rule a warning, advice too", _ => DiagnosticSeverity.Warning),
        new("None", "no rule", _ => null),
    ];

    public static Preset? Find(string name) => All.FirstOrDefault(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The file's name in the package.</summary>
    /// <param name="release">As of which release; null for the newest.</param>
    public string FileName(Release? release = null) => $"NnAnalyzers.{Name}{(release is null ? "" : $".{release.Version}")}.globalconfig";

    /// <summary>
    /// As of a release, a rule that came later, or that another severity came to later, is a suggestion at most: a newer package does not
    /// break the build of a project that names the release in <c>&lt;NnAnalysisLevel&gt;</c>.
    /// </summary>
    public string Text(Release? release = null)
    {
        var text = new StringBuilder($"# NnAnalysisMode {Name}: {Says}.{(release is null ? ""
            : $" What came after {release.Version} is a suggestion at most.")} Generated from the rules.\n"
            + "is_global = true\nglobal_level = -100\n\n");
        foreach (var rule in RuleCatalog.All.OrderBy(r => r.Id, StringComparer.Ordinal))
        {
            var severity = Severity is null ? rule.Level.Severity() : Severity(rule);
            var isHeld = severity > DiagnosticSeverity.Info && release?.Later.Contains(rule.Id) == true;
            if (Severity is not null || isHeld)
                text.Append($"dotnet_diagnostic.{rule.Id}.severity = {Word(isHeld ? DiagnosticSeverity.Info : severity)}\n");
        }
        return text.ToString();
    }

    /// <summary>As an .editorconfig says it.</summary>
    private static string Word(DiagnosticSeverity? severity) => severity switch
    {
        DiagnosticSeverity.Error => "error", DiagnosticSeverity.Warning => "warning", DiagnosticSeverity.Info => "suggestion",
            DiagnosticSeverity.Hidden => "silent", _ => "none",
    };
}
