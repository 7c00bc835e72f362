namespace NnAnalyzers.Tool.Sources;

/// <summary>What <c>--verbose</c> tells of how code was read.</summary>
internal static class Notes
{
    public static bool AreShown { get; set; }

    private static readonly HashSet<string> Said = [];

    /// <summary>Says something once.</summary>
    public static void Say(string note)
    {
        if (AreShown && Said.Add(note)) Console.Error.WriteLine($"nn: {note}");
    }
}
