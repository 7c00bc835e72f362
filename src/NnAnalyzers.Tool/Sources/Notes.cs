namespace NnAnalyzers.Tool.Sources;

/// <summary>What <c>--verbose</c> tells of how code was read.</summary>
internal static class Notes
{
    public static bool AreShown { get; set; }

    public static void Say(string note)
    {
        if (AreShown) Console.Error.WriteLine($"nn: {note}");
    }
}
