using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using NnAnalyzers.Tool.Sources;

namespace NnAnalyzers.Tool.Formats;

/// <summary>A finding, or what became of one in training, as every format shows it.</summary>
/// <param name="Rule">Its rule's id.</param>
/// <param name="Severity">How severe it is here.</param>
/// <param name="Message">What is wrong, in one line.</param>
/// <param name="Place">Where.</param>
/// <param name="Related">Other code it is about, with what that is.</param>
internal sealed record Entry(string Rule, DiagnosticSeverity Severity, string Message, Location Place,
    IReadOnlyList<(string What, Location Place)> Related)
{
    /// <summary>What the fix does; null where there is none.</summary>
    public string? FixTitle { get; init; }

    /// <summary>The finding, for formats that carry its fix.</summary>
    public Diagnostic? Finding { get; init; }

    public static Entry Of(Diagnostic finding) => new(finding.Id, finding.Severity, finding.GetMessage(), finding.Location,
        NnAnalyzers.Finding.RelatedTo(finding).ToList()) { FixTitle = finding.Properties.GetValueOrDefault(FixProperties.Title),
        Finding = finding };

    public FileLinePositionSpan Span => Place.GetLineSpan();

    /// <summary>The file as seen from a folder, with slashes.</summary>
    public string File(string root) => Relative(Span.Path, root);

    public static string Relative(string path, string root) =>
        path.Length == 0 ? "" : Path.GetRelativePath(root, path).Replace('\\', '/');

    /// <summary>"error", "warning" or "note", the words of SARIF and of most systems.</summary>
    public string Level => Severity switch
    {
        DiagnosticSeverity.Error => "error",
        DiagnosticSeverity.Warning => "warning",
        _ => "note",
    };

    /// <summary>The line a compiler would print.</summary>
    public string Line => $"{Analysis.Place(Place)}: {Severity.ToString().ToLowerInvariant()} {Rule}: {Message}";

    public string Title => RuleCatalog.Find(Rule)?.Descriptor.Title.ToString() ?? Rule;

    public string? Help => RuleCatalog.Find(Rule)?.Descriptor.HelpLinkUri;
}
