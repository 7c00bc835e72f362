namespace NnAnalyzers.Torch;

/// <summary>Words of code that takes care of the order of its data, or needs the one it has. They may silence, never accuse.</summary>
internal static class OrderNames
{
    private static readonly string[] Parts = ["shuffl", "sequence", "series", "stream", "tempor", "replay", "episode", "curricul", "bucket",
        "sampler", "permut", "randperm", "orderby", "sorted", "inorder"];

    public static bool IsIn(string identifier) => Words.AreIn(identifier, Parts);
}
