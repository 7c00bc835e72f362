using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>Something that has variables or fields; told apart by identity.</summary>
internal abstract class Owner
{
    /// <summary>The loop in which it was made; null outside of any.</summary>
    public Loop? MadeIn { get; init; }

    /// <summary>A call of a method: nobody asks what its variables held once it is over.</summary>
    public virtual bool IsShortLived => false;

    private static int _made;

    /// <summary>A hash that costs nothing; the object's own is slow the first time it is asked for.</summary>
    public int Hash { get; } = unchecked(_made += 0x61C88647);
}

/// <summary>What an expression of the user's code stands for while it is read.</summary>
internal abstract class Value : Owner, IOperand
{
    public virtual bool IsNull => false;
    public virtual Dim Dim => Dim.Unknown;
    public virtual double? Number => null;
    public virtual bool? Flag => null;
    Shape? IOperand.Tensor => (this as Step)?.Shape;
    IReadOnlyList<IOperand>? IOperand.Items =>
        this is Items { IsComplete: true, Elements: var elements } ? elements.CastArray<IOperand>() : null;
    IReadOnlyList<Dim>? IOperand.Extents => (this as Items)?.Extents;
    public virtual IReadOnlyList<Dim>? Sizes => [Dim];
    public virtual IndexKind IndexKind => IndexKind.Number;
    public virtual Dim Extent(Dim size) => size;

    /// <summary>What it is on either side of a condition, where it came out of two.</summary>
    public Alternatives? Alternatives { get; set; }

    /// <summary>Where it was read, if it is as it was read; null for anything else.</summary>
    public Origin? Origin { get; init; }

    /// <summary>The values it can take; null when not known.</summary>
    public virtual ValueRange? Range { get; set; }
}

/// <summary>Not understood; no rule may build on it.</summary>
internal class Unknown(string reason) : Value
{
    public override IReadOnlyList<Dim>? Sizes => null;
    public override IndexKind IndexKind => IndexKind.Unknown;

    public string Reason => reason;

    /// <summary>What the code calls it, if it does.</summary>
    public string? Name { get; init; }
}

/// <summary>A number that a loop changes, times what was done to it in this turn.</summary>
internal sealed class Changing(Turns turns, double factor) : Unknown("a loop changes it")
{
    public Turns Turns => turns;
    public double Factor => factor;
}

/// <summary>What each turn of a loop does to one number.</summary>
internal sealed class Turns(ISymbol variable)
{
    public ISymbol Variable => variable;

    /// <summary>What it is multiplied by; null until the turn is read, and where it does anything else.</summary>
    public double? Factor { get; set; }
}

/// <summary>A number, string, truth value or null known at compile time.</summary>
internal sealed class Constant(object? raw) : Value
{
    public object? Raw => raw;
    public long? Integer => raw switch { long l => l, int i => i, short s => s, byte b => b, uint u => u, _ => null };

    public override bool IsNull => raw is null;
    public override Dim Dim => Integer is { } n ? Dim.Of(n) : Dim.Unknown;
    public override bool? Flag => raw as bool?;
    public override IReadOnlyList<Dim>? Sizes => Integer is null ? null : [Dim];
    public override IndexKind IndexKind => raw is null ? IndexKind.NewAxis : IndexKind.Number;

    /// <summary>What <c>default</c> is for a type.</summary>
    public static Constant DefaultOf(ITypeSymbol? type) =>
        new(IsWhole(type) ? 0L : type?.SpecialType == SpecialType.System_Boolean ? false : null);

    /// <summary>Whether values of a type are whole numbers.</summary>
    public static bool IsWhole(ITypeSymbol? type) =>
        type?.SpecialType is SpecialType.System_Int32 or SpecialType.System_Int64 or SpecialType.System_Int16 or SpecialType.System_UInt32;

    public override double? Number => raw switch { double d => d, float f => f, _ => Integer };
    public override ValueRange? Range => Number is { } n ? new(n, n) : null;
}

/// <summary>A number that is some tensor's size, or one of the user's that is not known.</summary>
internal sealed class Size(Dim dim) : Value
{
    public override Dim Dim => dim;

    /// <summary>For the counter of a loop: the value it starts at.</summary>
    public long? First { get; init; }
}

/// <summary><c>x.shape</c>.</summary>
internal sealed class ShapeOf(Step tensor) : Value
{
    public Step Tensor => tensor;
    public override IReadOnlyList<Dim>? Sizes => tensor.Shape is { HasRank: true, Dims: var dims } ? dims : null;
}

/// <summary>A tuple, or what is in an array, a list or a container at one moment.</summary>
internal sealed class Items : Value
{
    /// <summary>More elements, those of lists inside counted too, are not kept.</summary>
    public const int MaxWeight = 1024;

    public Items(IEnumerable<Value> items)
    {
        var elements = items is ImmutableArray<Value> all ? all : items.Take(MaxWeight + 1).ToImmutableArray();
        foreach (var element in elements) Weight += element is Items inner ? inner.Weight : 1;
        Elements = Weight <= MaxWeight ? elements : ImmutableArray<Value>.Empty;
    }

    public override IReadOnlyList<Dim>? Sizes => IsComplete ? Elements.Select(e => e.Dim).ToList() : null;
    public override IndexKind IndexKind => IndexKind.List;

    public static readonly Items Empty = new([]);

    /// <summary>None of them where there are too many.</summary>
    public ImmutableArray<Value> Elements { get; }

    /// <summary>False when more may be in it than was read.</summary>
    public bool IsComplete { get => _isComplete && Weight <= MaxWeight; init => _isComplete = value; }

    /// <summary>How many elements there are, those of tuples inside counted too.</summary>
    private int Weight { get; }

    /// <summary>Each element stands for any number like it.</summary>
    public bool Repeats { get; init; }

    /// <summary>The sizes of the array these are in, however many of its elements are known; null for anything else.</summary>
    public IReadOnlyList<Dim>? Extents { get; init; }

    private readonly bool _isComplete = true;

    /// <summary>How many elements it has; unknown where nothing tells.</summary>
    public Dim Count { get => _count.IsKnown || !IsComplete || Repeats ? _count : Dim.Of(Elements.Length); init => _count = value; }

    private readonly Dim _count = Dim.Unknown;

    /// <summary>Other elements in its place.</summary>
    public Items With(IEnumerable<Value> elements)
    {
        var all = elements is ImmutableArray<Value> known ? known : elements.Take(MaxWeight + 1).ToImmutableArray();
        return new(all) { IsComplete = IsComplete, Repeats = Repeats, Count = all.Length == Elements.Length ? _count : Dim.Unknown };
    }

    /// <summary>The value under a key that is known, in a dictionary kept as pairs.</summary>
    public Value? Under(object? key) =>
        Elements.OfType<Items>()
        .FirstOrDefault(p => p.Elements.Length == 2 && p.Elements[0] is Constant { Raw: { } raw } && raw.Equals(key))?.Elements[1];
}

/// <summary>An element of a list that is only there under a condition.</summary>
internal sealed class Optional(Truth condition, Value element) : Value
{
    public Truth Condition => condition;
    public Value Element => element;
}

/// <summary>An array, list or dictionary of the user's; the state says what is in it now.</summary>
internal sealed class Collection(string name) : Value
{
    public string Name => name;

    /// <summary>The sizes of an array, which never change; null for anything else.</summary>
    public IReadOnlyList<Dim>? Extents { get; init; }
}

/// <summary>An index that is no number: <c>..</c>, <c>1..^1</c>, <c>TensorIndex.Slice(0, 4)</c>.</summary>
internal sealed class Pick(IndexKind kind, Value? start = null, Value? stop = null, Value? step = null) : Value
{
    public override IndexKind IndexKind => kind;

    /// <summary>From one place that is not known to another.</summary>
    public bool IsOpen => kind == IndexKind.Slice && start is not (null or Constant) && stop is not (null or Constant);

    /// <summary>How many of an axis are taken.</summary>
    public override Dim Extent(Dim size)
    {
        if (start is null or Constant { Raw: null } && stop is null or Constant { Raw: null } && step is null or Constant { Raw: null })
            return size;
        static long? Number(Value? value, long? otherwise) =>
            value is null or Constant { Raw: null } ? otherwise : (value as Constant)?.Integer;
        if (Number(start, 0) == 0 && Number(step, 1) == 1 && stop is Size to) return to.Dim;
        return stop is null or Constant { Raw: null }
            ? Number(step, 1) == 1 && Number(start, 0) is >= 0 and var from
            ? (size.Size is { } n ? Dim.Of(Math.Max(0, n - from)) : size - Dim.Of(from)) : Dim.Unknown
            : ShapeFunctions.Extent(size, Number(start, 0), Number(stop, null), Number(step, 1));
    }
}

/// <summary>An object of a class of the user's that is no module.</summary>
internal sealed class Instance(INamedTypeSymbol type) : Value
{
    public INamedTypeSymbol Type => type;
    public IOperation? Creation { get; init; }
    public IReadOnlyList<Value> Arguments { get; init; } = [];
}
