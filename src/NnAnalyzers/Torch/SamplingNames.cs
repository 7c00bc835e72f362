namespace NnAnalyzers.Torch;

/// <summary>
/// Words of code that asks a network several times and wants to see how the answers differ. They may silence, never accuse.
/// </summary>
internal static class SamplingNames
{
    private static readonly string[] Parts = ["montecarlo", "monte_carlo", "mcdropout", "mc_dropout", "uncertain", "bayes", "epistemic",
        "stochasticforward", "alwayson", "always_on"];

    public static bool IsIn(string identifier) => Words.AreIn(identifier, Parts);
}
