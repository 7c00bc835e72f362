using System.Globalization;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>What is done to the scale of numbers before a network gets them, as it can be compared.</summary>
internal static class Treatment
{
    private static readonly HashSet<string> Random =
        new(["rand", "randn", "rand_like", "randn_like", "randint", "randint_like", "normal", "bernoulli", "Dropout"],
            StringComparer.Ordinal);

    /// <summary>
    /// Where two tensors are treated otherwise: what is done to each from there on, each step with its words; augmentation left out. Null
    /// where they are treated alike, or something depends on what is not known.
    /// </summary>
    public static (IReadOnlyList<(Step Step, string Text)> First, IReadOnlyList<(Step Step, string Text)> Second)? Differ(Feed a, Feed b)
    {
        if (Of(a) is not { } first || Of(b) is not { } second) return null;
        var same = first.Zip(second, (x, y) => x.Text == y.Text).TakeWhile(s => s).Count();
        return same == first.Count && same == second.Count ? null : (first.Skip(same).ToList(), second.Skip(same).ToList());
    }

    private static List<(Step Step, string Text)>? Of(Feed feed)
    {
        var done = new List<(Step, string)>();
        foreach (var step in feed.Scalings.Where(s => !IsAugmentation(s)))
            if (Of(step, feed) is { } text) done.Add((step, text));
            else return null;
        return feed.Start.Kind == StepKind.Unknown ? null : done;
    }

    /// <summary>
    /// A random change makes more samples of few; at the test there is none. The mean of numbers that were drawn is no such change.
    /// </summary>
    private static bool IsAugmentation(Step step) => step.Op.Name.StartsWith("Random", StringComparison.Ordinal)
        || step.Op.Name.StartsWith("Adjust", StringComparison.Ordinal) || step.Op.Name.Contains("Jitter")
        || step.Inputs.Skip(1).Any(i => Chain.Back(i).TakeWhile(s => s.Role != Role.Reduction).Any(s => Random.Contains(s.Op.Name)));

    private static string? Of(Step step, Feed feed)
    {
        var text = step.Op.Name;
        foreach (var argument in step.Arguments)
            if (argument.Value is Step data && (data == step.Input || feed.Way.Contains(data))) continue;
            else if (Of(argument.Value) is { } known) text += " " + known;
            else return null;
        return text;
    }

    private static string? Of(Value value) => value switch
    {
        Constant { Raw: var raw } => raw is null or bool ? "" : System.Convert.ToString(raw, CultureInfo.InvariantCulture),
        Items { IsComplete: true, Repeats: false, Elements: var elements } => elements.Select(Of).ToList() is var all && all.Contains(null)
            ? null : string.Join(" ", all),
        // A statistic, or another tensor: the same code gives the same.
        Step { Syntax: { } place, Op: var op } => op.Role == Role.Reduction ? op.Name + " of the data" : $"{op.Name} at {place.SpanStart}",
        _ => null,
    };
}
