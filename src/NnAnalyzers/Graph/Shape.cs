using System.Collections.Immutable;

namespace NnAnalyzers.Graph;

/// <summary>
/// The size of one axis: a number, a symbol (the same symbol is the same size, whatever it is), or unknown.
/// </summary>
internal readonly record struct Dim(long? Size, object? Symbol)
{
    public static readonly Dim Unknown = new(null, null);
    public static Dim Of(long size) => new(size, null);
    public static Dim Named(object symbol) => new(null, symbol);

    public bool IsKnown => Size is not null || Symbol is not null;

    /// <summary>The two are surely the same size.</summary>
    public bool Equals(Dim other) =>
        Size is not null ? Size == other.Size : Symbol is not null && Symbol.Equals(other.Symbol);

    public override int GetHashCode() => Size?.GetHashCode() ?? Symbol?.GetHashCode() ?? 0;

    public override string ToString() => Size?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? Symbol switch
    {
        null => "?",
        Axis axis => axis.ToString(),
        Microsoft.CodeAnalysis.ISymbol symbol => symbol.Name,
        var other => other.ToString(),
    };
}

/// <summary>Axis number <paramref name="Index"/> of a tensor whose size is not known.</summary>
internal sealed record Axis(Step Tensor, int Index)
{
    public override string ToString() => Index == 0 ? "N" : $"{Tensor.Name}[{Index}]";
    public bool Equals(Axis? other) => other is not null && ReferenceEquals(Tensor, other.Tensor) && Index == other.Index;
    public override int GetHashCode() => Index;
}

/// <summary>The axes of a tensor, or an unknown number of them.</summary>
internal sealed class Shape
{
    public static readonly Shape Unknown = new(default);

    private Shape(ImmutableArray<Dim> dims) => Dims = dims;

    public static Shape Of(IEnumerable<Dim> dims) => new(dims.ToImmutableArray());

    /// <summary>Default when the rank is unknown.</summary>
    public ImmutableArray<Dim> Dims { get; }

    public bool HasRank => !Dims.IsDefault;

    public int Rank => HasRank ? Dims.Length : -1;

    public bool IsConstant => HasRank && Dims.All(d => d.Size is not null);

    /// <summary>Number of elements of one sample: the product of all axes but the first; null if not known.</summary>
    public long? ElementsPerSample =>
        HasRank && Rank > 0 && Dims.Skip(1).All(d => d.Size is not null) ? Dims.Skip(1).Aggregate(1L, (n, d) => n * d.Size!.Value) : null;

    public Shape With(int axis, Dim dim) => Of(Dims.SetItem(axis, dim));

    public override string ToString() => HasRank ? $"({string.Join(", ", Dims)})" : "(?)";
}
