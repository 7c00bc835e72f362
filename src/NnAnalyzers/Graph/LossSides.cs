using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>What the shapes of a loss's two sides must be to each other. Each case was run on TorchSharp.</summary>
internal static class LossSides
{
    /// <summary>Where a loss throws for its shapes; null if they fit or are not known.</summary>
    public static Contradiction? Of(Step loss)
    {
        if (loss.Inputs is not [var prediction, var target, ..] || loss.Layer is null && loss.Arguments.ValueOf("target") != target)
            return null;
        var (p, t) = (prediction.Shape, target.Shape);
        if (!p.HasRank || !t.HasRank) return null;
        var wanted = loss.Op.Domain switch
        {
            var domain when Fit.IsOverClasses(domain) => OfClasses(p, t, loss.Op.Domain == LossDomain.Logits),
            LossDomain.BinaryLogits or LossDomain.Probabilities => Fits(p, t) ? null : p,
            _ => null,
        };
        if (wanted is not null)
        {
            var isLast = IsLastForSecond(p, t, wanted);
            return new($"{loss.Op.Name} of {p} expects targets of shape {wanted}{(isLast ? ", classes being the second axis" : "")}",
                $"they have shape {t}", ClassAxis: isLast ? p.Rank - 1 : null);
        }
        return loss.Op.Domain is LossDomain.AnyNumber or LossDomain.LogDistribution && Unequal(p, t) is var (x, y)
            ? new($"{loss.Op.Name} needs sides of equal sizes", $"{p} and {t} differ in {x} and {y}") : null;
    }

    /// <summary>
    /// The targets a loss over classes wants where these are not them: class numbers without the class axis, the second one; for
    /// cross-entropy also probabilities of the prediction's shape.
    /// </summary>
    private static Shape? OfClasses(Shape p, Shape t, bool orProbabilities)
    {
        // A single sample without a batch is judged by other means.
        if (p.Rank < 2) return null;
        var numbers = Shape.Of(p.Dims.RemoveAt(1));
        return Fits(numbers, t) || orProbabilities && Fits(p, t) ? null : numbers;
    }

    /// <summary>The class axis stands last: <c>(N, T, C)</c> with targets <c>(N, T)</c>.</summary>
    private static bool IsLastForSecond(Shape p, Shape t, Shape wanted) =>
        wanted.Rank < p.Rank && p.Rank > 2 && t.Rank == p.Rank - 1 && Fits(Shape.Of(p.Dims.RemoveAt(p.Rank - 1)), t);

    /// <summary>Whether two shapes may be the same.</summary>
    private static bool Fits(Shape a, Shape b) => a.Rank == b.Rank && !a.Dims.Zip(b.Dims, (x, y) => AreUnequal(x, y)).Any(u => u);

    /// <summary>Only numbers: what stands for a batch may be cut to fit.</summary>
    private static bool AreUnequal(Dim a, Dim b) => a.Size is { } x && b.Size is { } y && x != y;

    /// <summary>Sizes that stand one above the other and do not broadcast; from the last.</summary>
    private static (Dim, Dim)? Unequal(Shape p, Shape t)
    {
        for (var i = 1; i <= Math.Min(p.Rank, t.Rank); i++)
            if (AreUnequal(p.At(-i), t.At(-i)) && p.At(-i).Size != 1 && t.At(-i).Size != 1) return (p.At(-i), t.At(-i));
        return null;
    }
}
