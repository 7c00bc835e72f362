namespace NnAnalyzers.Faults;

internal static class FaultyKept
{
    public static IReadOnlyList<Labelled> All { get; } = [];
}
