namespace NnAnalyzers.Faults;

internal static class SoundKept
{
    public static IReadOnlyList<Labelled> All { get; } = [];
}
