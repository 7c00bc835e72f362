using System.Collections.Immutable;

namespace NnAnalyzers.Shapes;

/// <summary>What view() can do with axes that a permutation has moved: it copies nothing, so it merges only what lies together.</summary>
internal static class Views
{
    /// <summary>Whether view throws for sure.</summary>
    /// <param name="source">The sizes of the permuted tensor.</param>
    /// <param name="order">Which axis of memory each of its axes is.</param>
    /// <param name="target">What is asked for; -1 is to be worked out.</param>
    /// <param name="result">The same, worked out.</param>
    public static bool Throws(ImmutableArray<Dim> source, IReadOnlyList<int> order, IReadOnlyList<Dim> target,
        ImmutableArray<Dim> result) => Merges(source, order, target) || Cuts(source, order, result);

    /// <summary>Whether some axis of the target is made of axes that do not follow one another in memory.</summary>
    private static bool Merges(ImmutableArray<Dim> source, IReadOnlyList<int> order, IReadOnlyList<Dim> target)
    {
        // Axes that stay are matched from both ends; what is left in the middle is merged or split.
        var (from, to, end) = (0, 0, 0);
        while (from < source.Length && to < target.Count && source[from].Equals(target[to])) (from, to) = (from + 1, to + 1);
        while (source.Length - end > from && target.Count - end > to
            && source[source.Length - 1 - end].Equals(target[target.Count - 1 - end])) end++;
        // Only where the middle becomes a single axis is it sure that all of it is merged.
        var middle = Enumerable.Range(from, source.Length - end - from).Where(i => source[i].Size != 1).ToList();
        if (target.Count - end - to != 1 || middle.Count < 2) return false;
        return middle.Zip(middle.Skip(1), (a, b) => order[b] != order[a] + 1).Any(apart => apart);
    }

    /// <summary>
    /// Whether some axis of the target takes from two pieces of memory, all sizes being known: axes that follow one another there are one
    /// piece, and each piece must be the product of some axes of the target.
    /// </summary>
    private static bool Cuts(ImmutableArray<Dim> source, IReadOnlyList<int> order, ImmutableArray<Dim> target)
    {
        var pieces = new List<Dim>();
        int? before = null;
        for (var i = 0; i < source.Length; i++)
        {
            if (source[i].Size == 1) continue;
            if (before is { } b && order[i] == order[b] + 1) pieces[pieces.Count - 1] *= source[i];
            else pieces.Add(source[i]);
            before = i;
        }
        var axes = target.Where(d => d.Size != 1).ToList();
        // A batch that stays in front need not be known.
        if (pieces.Count > 0 && axes.Count > 0 && pieces[0].IsKnown && pieces[0].Equals(axes[0]))
        {
            pieces.RemoveAt(0);
            axes.RemoveAt(0);
        }
        if (pieces.Count < 2 || pieces.Concat(axes).Any(d => d.Size is null)) return false;
        var at = 0;
        foreach (var piece in pieces)
        {
            var product = 1L;
            while (product < piece.Size && at < axes.Count) product *= axes[at++].Size!.Value;
            if (product != piece.Size) return true;
        }
        return false;
    }
}
