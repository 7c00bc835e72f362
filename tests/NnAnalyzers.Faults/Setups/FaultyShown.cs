namespace NnAnalyzers.Faults;

internal static class FaultyShown
{
    public static IReadOnlyList<Labelled> All { get; } = [];
}
