using System.Collections.Immutable;

namespace NnAnalyzers.Shapes;

/// <summary>The axes of a tensor. Where their number is not known, those that are known to be the last ones.</summary>
internal sealed class Shape
{
    public static readonly Shape Unknown = new(ImmutableArray<Dim>.Empty, false);
    public static readonly Shape Scalar = new(ImmutableArray<Dim>.Empty, true);

    private Shape(ImmutableArray<Dim> dims, bool hasRank) => (Dims, HasRank) = (dims, hasRank);

    public static Shape Of(IEnumerable<Dim> dims) => new(dims.ToImmutableArray(), true);
    public static Shape Of(params Dim[] dims) => new(dims.ToImmutableArray(), true);

    /// <summary>Any number of axes, then these.</summary>
    public static Shape EndingIn(params Dim[] dims) => dims.Any(d => d.IsKnown) ? new(dims.ToImmutableArray(), false) : Unknown;

    /// <summary>Every axis, or the last ones.</summary>
    public ImmutableArray<Dim> Dims { get; }

    public bool HasRank { get; }

    /// <summary>−1 if not known.</summary>
    public int Rank => HasRank ? Dims.Length : -1;

    public bool IsConstant => HasRank && Dims.All(d => d.Size is not null);

    /// <summary>The size of an axis, counted from the front or (negative) from the back; unknown if there is none such.</summary>
    public Dim At(long axis)
    {
        var index = axis < 0 ? axis + Dims.Length : HasRank ? axis : -1;
        return index >= 0 && index < Dims.Length ? Dims[(int)index] : Dim.Unknown;
    }

    /// <summary>An axis counted from the front; null if there is none such or the number of axes is not known.</summary>
    public int? Normalize(long? axis, int extra = 0) =>
        !HasRank || axis is not { } a ? null
        : (a < 0 ? a + Rank + extra : a) is var index && index >= 0 && index < Rank + extra ? (int)index : null;

    /// <summary>Number of elements of one sample: the product of all axes but the first.</summary>
    public Dim ElementsPerSample => HasRank && Rank > 0 ? Product(Dims.Skip(1)) : Dim.Unknown;

    public static Dim Product(IEnumerable<Dim> dims) => dims.Aggregate(Dim.Of(1), (product, dim) => product * dim);

    public Shape With(int axis, Dim dim) => new(Dims.SetItem(axis, dim), HasRank);

    /// <summary>The same with another last axis, also where the number of axes is not known.</summary>
    public Shape WithLast(Dim dim) => Dims.Length > 0 ? With(Dims.Length - 1, dim) : HasRank ? Unknown : EndingIn(dim);

    /// <summary>The same shape with symbols replaced.</summary>
    public Shape Replace(Func<object, Dim?> symbols) =>
        Dims.Length == 0 ? this : new(Dims.Select(d => d.Replace(symbols)).ToImmutableArray(), HasRank);

    public bool SameAs(Shape other) => HasRank == other.HasRank && Dims.SequenceEqual(other.Dims);

    /// <summary>Whether the two broadcast to something larger than one of them, for sure.</summary>
    public bool IsStretchedBy(Shape other)
    {
        var stretched = false;
        for (var i = 1; i <= Math.Max(Rank, other.Rank); i++)
        {
            var (a, b) = (i <= Rank ? At(-i) : Dim.Of(1), i <= other.Rank ? other.At(-i) : Dim.Of(1));
            if (!a.IsKnown || !b.IsKnown) return false;
            if (a.Size == 1 ^ b.Size == 1)
            {
                // A size that is not known may be 1, unless it is a batch.
                if ((a.Size == 1 ? b : a) is { Size: null, Symbol: not Axis { Index: 0 } }) return false;
                stretched = true;
            }
            else if (a.Size is not null && b.Size is not null && a.Size != b.Size) return false; // they throw
        }
        return stretched;
    }

    /// <summary>
    /// Whether the two differ only in axes that lie next to each other and are joined or split: values keep their neighbours.
    /// </summary>
    public bool IsRegroupingOf(Shape other)
    {
        if (!HasRank || !other.HasRank) return false;
        static List<Dim> Ends(Shape shape) => shape.Dims.Select((_, i) => Product(shape.Dims.Take(i + 1))).ToList();
        var (mine, others) = (Ends(this), Ends(other));
        for (int i = 0, j = 0; i < mine.Count || j < others.Count;)
        {
            // The next place where an axis ends on both sides; on one of them a single axis leads there.
            if (i == mine.Count || j == others.Count) return false;
            var (to, at) = (others.FindIndex(j, d => d.Equals(mine[i])), mine.FindIndex(i, d => d.Equals(others[j])));
            if (to >= 0) (i, j) = (i + 1, to + 1);
            else if (at >= 0) (i, j) = (at + 1, j + 1);
            else return false;
        }
        return true;
    }

    public override string ToString() =>
        HasRank ? $"({string.Join(", ", Dims)})" : Dims.Length == 0 ? "(?)" : $"(…, {string.Join(", ", Dims)})";
}
