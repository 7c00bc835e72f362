namespace NnAnalyzers.Torch;

/// <summary>Parts of names by which code says what it is about, whatever the case of their letters.</summary>
internal static class Words
{
    public static bool AreIn(string identifier, IEnumerable<string> parts) =>
        parts.Any(p => identifier.IndexOf(p, StringComparison.OrdinalIgnoreCase) >= 0);
}
