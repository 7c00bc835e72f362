using System.Globalization;
using Microsoft.CodeAnalysis.Operations;
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
        var same = first.Zip(second, (x, y) => Key(x.Text) == Key(y.Text)).TakeWhile(s => s).Count();
        // What one piece of code does with two numbers makes two kinds of data.
        if (same < first.Count && same < second.Count && first[same].Step.Syntax is { } code && code == second[same].Step.Syntax)
            return null;
        return same == first.Count && same == second.Count ? null : (first.Skip(same).ToList(), second.Skip(same).ToList());
    }

    /// <summary>One thing can be written in two ways: x / 2 and x * 0.5.</summary>
    private static string Key(string text) =>
        text.Split(' ') is [var op, var number] && double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var c)
        ? op switch
        {
            "div" => FormattableString.Invariant($"mul {1 / c:G5}"),
            "sub" => FormattableString.Invariant($"add {-c:G5}"),
            _ => FormattableString.Invariant($"{op} {c:G5}"),
        } : text;

    private static List<(Step Step, string Text)>? Of(Feed feed)
    {
        var done = new List<(Step, string)>();
        // Noise may lead out of the range the numbers have; the cut behind it leads back.
        foreach (var step in feed.Scalings.Where((s, i) => !IsAugmentation(s)
            && !(s.Op.Name == "clamp" && feed.Scalings.Take(i).Any(IsAugmentation))))
            if (Of(step, feed) is { } text) done.Add((step, text));
            else return null;
        return feed.Start.Kind == StepKind.Unknown ? null : done;
    }

    /// <summary>
    /// A random change makes more samples of few; at the test there is none. The mean of numbers that were drawn is no such change.
    /// </summary>
    public static bool IsAugmentation(Step step) => step.Op.Name.StartsWith("Random", StringComparison.Ordinal)
        || step.Op.Name.StartsWith("Adjust", StringComparison.Ordinal) || step.Op.Name.Contains("Jitter")
        || step.Inputs.Skip(1).Any(i => Chain.Back(i).TakeWhile(s => s.Role != Role.Reduction).Any(s => Random.Contains(s.Op.Name)));

    private static string? Of(Step step, Feed feed)
    {
        var isPlain = step.Op.Name is "add" or "sub" or "mul" or "div";
        // 1 - x is not x - 1.
        if (step.Op.Name is "sub" or "div" && step.Arguments.ValueOf("left") is { } left and not Step)
            return Of(left) is { } from ? $"{from} {(step.Op.Name == "sub" ? "-" : "/")} x" : null;
        var text = step.Op.Name;
        foreach (var argument in step.Arguments)
            // The defaults of plain arithmetic say nothing: x.div(2) is x / 2.
            if (isPlain && argument.Operation is IArgumentOperation { ArgumentKind: ArgumentKind.DefaultValue }
                || argument.Value is Step data && (data == step.Input || feed.Way.Contains(data))) continue;
            else if (Of(argument.Value) is { } known) text += known.Length > 0 ? " " + known : "";
            else return null;
        return text;
    }

    private static string? Of(Value value, int length = 0) => value switch
    {
        Constant { Raw: var raw } => raw is null or bool ? "" : System.Convert.ToString(raw, CultureInfo.InvariantCulture),
        Items { IsComplete: true, Repeats: false, Elements: var elements } =>
            elements.Select(e => Of(e, length)).ToList() is var all && all.Contains(null) ? null : string.Join(" ", all),
        // A statistic, what is calculated of some, or another tensor: the same code gives the same.
        Step { Op: { Role: Role.Reduction, Name: var name } } => name + " of the data",
        Step { Role: Role.Arithmetic, Op.Name: var name, Arguments: var given } when length < 8 =>
            given.Select(a => Of(a.Value, length + 1)).ToList() is var parts && parts.Contains(null) ? null
            : $"({name} {string.Join(" ", parts)})",
        Step { Syntax: { } place, Op: var op } => $"{op.Name} at {place.SpanStart}",
        _ => null,
    };
}
