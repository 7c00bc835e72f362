using Microsoft.CodeAnalysis;

namespace NnAnalyzers;

/// <summary>How sure a rule is: a level is a claim about evidence.</summary>
internal enum RuleLevel
{
    /// <summary>A tip worth reading: hidden, but enabled.</summary>
    Advice,

    /// <summary>Right in most contexts: info.</summary>
    Likely,

    /// <summary>A committed experiment shows the harm and the cure: warning.</summary>
    Proven,
}

internal static class RuleLevels
{
    public static DiagnosticSeverity Severity(this RuleLevel level) => level switch
    {
        RuleLevel.Proven => DiagnosticSeverity.Warning,
        RuleLevel.Likely => DiagnosticSeverity.Info,
        _ => DiagnosticSeverity.Hidden,
    };
}
