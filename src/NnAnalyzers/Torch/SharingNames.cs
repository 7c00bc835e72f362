namespace NnAnalyzers.Torch;

/// <summary>Words of code in which several places share their weights on purpose. They may silence, never accuse.</summary>
internal static class SharingNames
{
    private static readonly string[] Parts = ["share", "sharing", "tied", "tie", "same", "siamese", "twin", "recurr", "universal", "iterat",
        "repeat", "unroll"];

    public static bool IsIn(string identifier) => Words.AreIn(identifier, Parts);
}
