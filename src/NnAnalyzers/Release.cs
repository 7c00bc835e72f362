using System.Text.RegularExpressions;

namespace NnAnalyzers;

/// <summary>A released version, and what came after it.</summary>
/// <param name="Version">As AnalyzerReleases.Shipped.md writes it: major and minor.</param>
/// <param name="Later">The rules that a later release brought, or gave another severity.</param>
internal sealed record Release(string Version, IReadOnlyCollection<string> Later)
{
    /// <summary>The releases, oldest first, from the two files that the compiler's own analyzers keep complete.</summary>
    /// <param name="shipped">AnalyzerReleases.Shipped.md: a heading "## Release 1.0" for each, newest below.</param>
    /// <param name="unshipped">AnalyzerReleases.Unshipped.md: what the version that is being made brings.</param>
    /// <param name="current">That version.</param>
    public static IReadOnlyList<Release> Read(string shipped, string unshipped, string current)
    {
        var parts = Regex.Split(shipped, @"^## Release +(\S+)\s*$", RegexOptions.Multiline);
        var releases = Enumerable.Range(0, parts.Length / 2).Select(i => (Version: parts[2 * i + 1], Text: parts[2 * i + 2]))
            .Append((Version: current, Text: unshipped)).ToList();
        return releases.Select((r, i) => new Release(r.Version, releases.Skip(i + 1).SelectMany(l => Regex.Matches(l.Text, @"^NN\d{4}\b",
            RegexOptions.Multiline).Cast<Match>().Select(m => m.Value)).Distinct().ToList())).ToList();
    }
}
