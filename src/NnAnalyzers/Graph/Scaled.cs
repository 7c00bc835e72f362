using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>Losses added up, times a number, perhaps with a number added.</summary>
/// <param name="Losses">The losses; one that is written out is its difference.</param>
/// <param name="Signs">The steps that turn the sign of them all.</param>
internal sealed record Scaled(IReadOnlyList<Step> Losses, IReadOnlyList<Step> Signs)
{
    private const int MaxSteps = 16;

    /// <summary>What goes backward as losses alone; null where it is more than that, or not understood.</summary>
    public static Scaled? Of(Step backward, int depth = 0)
    {
        var (signs, step) = (new List<Step>(), backward);
        for (; depth < MaxSteps; depth++)
        {
            if (step.Role == Role.Loss) return new([step], signs);
            if (step.Role == Role.Reduction && HandwrittenLoss.Behind(step).ToList() is [var written]) return new([written], signs);
            if (step is { Op.Name: "add", Inputs: [var a, var b] })
                return Of(a, depth + 1) is { Signs.Count: 0 } left && Of(b, depth + 1) is { Signs.Count: 0 } right
                    ? new([.. left.Losses, .. right.Losses], signs) : null;
            if (TurnsSign(step) is not { } turns || step.Inputs.Count != 1) return null;
            if (turns) signs.Add(step);
            step = step.Inputs[0];
        }
        return null;
    }

    /// <summary>Whether a step makes of more less; null where it is no number that is multiplied or added.</summary>
    private static bool? TurnsSign(Step step) => step.Op.Name switch
    {
        "neg" => true,
        "mul" or "div" => step.Arguments.Values.FirstOrDefault(v => v is not Step)?.Number is { } factor && factor != 0 ? factor < 0 : null,
        "add" => false,
        "sub" => step.Arguments.ValueOf("right") is Step,
        "mean" or "sum" => false,
        "Identity" => Flow.CutBy(step) is null ? false : null,
        _ => null,
    };
}
