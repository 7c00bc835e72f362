using System.Collections.Immutable;

namespace NnAnalyzers.Shapes;

/// <summary>The order of axes that a reshape would have to be a permutation for.</summary>
internal static class AxisOrder
{
    /// <summary>
    /// The order that turns one shape's axes into another's, where the other is nothing but another order of them; null where the values
    /// are in that order already, or nothing is sure.
    /// </summary>
    public static IReadOnlyList<int>? Of(Shape from, Shape to)
    {
        if (!to.HasRank || to.Dims is not { Length: > 1 } target) return null;
        if ((from.HasRank ? from.Dims : OwnAxes(target)) is not { } axes) return null;
        if (axes.Length != target.Length || axes.Concat(target).Any(d => !d.IsKnown)) return null;
        // Axes of size 1 may stand anywhere.
        if (axes.Where(d => d.Size != 1).SequenceEqual(target.Where(d => d.Size != 1))) return null;
        var free = Enumerable.Range(0, axes.Length).ToList();
        var order = new List<int>();
        foreach (var dim in target)
        {
            var axis = free.FindIndex(i => axes[i].Equals(dim));
            if (axis < 0) return null;
            order.Add(free[axis]);
            free.RemoveAt(axis);
        }
        return order;
    }

    /// <summary>
    /// The order that brings the batch to the front, where a reshape with the batch in front has something else there: a state (2, N, 24)
    /// as (N, 48). Null where the values are in that order already, or nothing is sure.
    /// </summary>
    public static IReadOnlyList<int>? OfBatch(Shape from, Shape to)
    {
        if (from.Rank < 3 || to.Rank < 2 || to.Rank >= from.Rank || to.Dims[0] is not { Symbol: Axis { Index: 0 } } batch) return null;
        var at = from.Dims.IndexOf(batch);
        if (at < 1 || from.Dims.LastIndexOf(batch) != at || Shape.Product(from.Dims.Take(at)).Size is not > 1) return null;
        var rest = Enumerable.Range(0, from.Rank).Where(i => i != at).ToList();
        return Shape.Product(rest.Select(i => from.Dims[i])).Equals(Shape.Product(to.Dims.Skip(1))) ? [at, .. rest] : null;
    }

    /// <summary>
    /// Of a tensor whose shape is not known: all its axes in order, if the target names each of them once (x.shape[0], x.shape[2], ..).
    /// </summary>
    private static ImmutableArray<Dim>? OwnAxes(ImmutableArray<Dim> target)
    {
        var axes = target.Select(d => d.Symbol).OfType<Axis>().OrderBy(a => a.Index).ToList();
        return axes.Count == target.Length && axes.Select((a, i) => a.Index == i && a.Tensor == axes[0].Tensor).All(same => same)
            ? axes.Select(Dim.Named).ToImmutableArray() : null;
    }
}
