using System.Collections.Immutable;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>What each operation makes of the shape it is given. Formulas: the PyTorch documentation of each layer.</summary>
internal static class ShapeFunctions
{
    public static Shape Infer(Op op, Layer? layer, IReadOnlyDictionary<string, Argument> arguments, Step? input)
    {
        var shape = input?.Shape ?? Shape.Unknown;
        if (op.KeepsShape) return shape;
        return op.Role switch
        {
            Role.Linear when shape.HasRank => shape.With(shape.Rank - 1, layer?.Out ?? Dim.Unknown),
            Role.Convolution => Convolve(op, layer, shape, input, layer?.Out ?? Dim.Unknown),
            Role.Pooling => Pool(op, layer, arguments, shape, input),
            Role.Reshape => Reshape(op, arguments, shape),
            Role.Permute => Permute(op, arguments, shape),
            Role.Source => Sizes(arguments) is { } sizes ? Shape.Of(sizes) : Shape.Unknown,
            Role.Indexing => IndexShape(op, arguments, shape),
            Role.Arithmetic => Broadcast(op, arguments, shape, input),
            Role.Reduction => Reduce(arguments, shape),
            _ => Shape.Unknown,
        };
    }

    /// <summary>A size per spatial axis from <c>3</c>, <c>(3, 3)</c> or <c>new long[] { 3, 3 }</c>; null when not known.</summary>
    public static IReadOnlyList<long>? PerAxis(Layer? layer, string parameter, int axes, long? otherwise) =>
        PerAxis(layer?.Arguments, parameter, axes, otherwise);

    private static IReadOnlyList<long>? PerAxis(IReadOnlyDictionary<string, Argument>? arguments, string parameter, int axes, long? otherwise)
    {
        if (arguments is null || !arguments.TryGetValue(parameter, out var argument) || argument.Value is Constant { Raw: null })
            return otherwise is { } value ? Enumerable.Repeat(value, axes).ToList() : null;
        return argument.Value switch
        {
            Constant { Integer: { } n } => Enumerable.Repeat(n, axes).ToList(),
            Items items when items.IsComplete && items.Elements.All(e => e is Constant { Integer: not null }) && items.Elements.Count is var count && (count == axes || count == 1) =>
                Enumerable.Range(0, axes).Select(i => ((Constant)items.Elements[count == 1 ? 0 : i]).Integer!.Value).ToList(),
            _ => null,
        };
    }

    /// <summary>floor((n + 2·padding − dilation·(kernel − 1) − 1) / stride) + 1</summary>
    private static Dim Window(Dim n, long kernel, long stride, long padding, long dilation) =>
        n.Size is { } size && stride > 0 && size + 2 * padding - dilation * (kernel - 1) - 1 is >= 0 and var span ? Dim.Of(span / stride + 1) : Dim.Unknown;

    private static Shape Convolve(Op op, Layer? layer, Shape shape, Step? input, Dim channels)
    {
        if (layer is null) return Shape.Unknown;
        var axes = op.SpatialAxes;
        var batch = BatchOf(input, shape, axes + 2);
        if (!shape.HasRank) return Shape.Of(new[] { batch, channels }.Concat(Enumerable.Repeat(Dim.Unknown, axes)));
        if (shape.Rank != axes + 2) return Shape.Unknown;
        var spatial = Enumerable.Repeat(Dim.Unknown, axes);
        if (PerAxis(layer, "kernel_size", axes, null) is { } kernel && PerAxis(layer, "stride", axes, 1) is { } stride
            && PerAxis(layer, "padding", axes, 0) is { } padding && PerAxis(layer, "dilation", axes, 1) is { } dilation)
            spatial = Enumerable.Range(0, axes).Select(i => Window(shape.Dims[i + 2], kernel[i], stride[i], padding[i], dilation[i]));
        return Shape.Of(new[] { batch, channels }.Concat(spatial));
    }

    private static Shape Pool(Op op, Layer? layer, IReadOnlyDictionary<string, Argument> arguments, Shape shape, Step? input)
    {
        var all = layer?.Arguments ?? arguments;
        var axes = op.SpatialAxes;
        if (!shape.HasRank || shape.Rank != axes + 2) return Shape.Unknown;
        var kept = new[] { BatchOf(input, shape, axes + 2), shape.Dims[1] };
        if (op.Name.StartsWith("Adaptive", StringComparison.Ordinal))
        {
            var size = PerAxis(all, "output_size", axes, null) ?? PerAxis(all, "outputSize", axes, null);
            return Shape.Of(kept.Concat(size is null ? Enumerable.Repeat(Dim.Unknown, axes) : size.Select(Dim.Of)));
        }
        if (all.TryGetValue("ceil_mode", out var ceil) && ceil.Value is not Constant { Raw: false }
            || PerAxis(all, "kernel_size", axes, null) is not { } kernel || PerAxis(all, "padding", axes, 0) is not { } padding
            || PerAxis(all, "dilation", axes, 1) is not { } dilation)
            return Shape.Of(kept.Concat(Enumerable.Repeat(Dim.Unknown, axes)));
        var stride = all.TryGetValue("stride", out var given) && given.Value is not Constant { Raw: null } ? PerAxis(all, "stride", axes, null) : kernel;
        return Shape.Of(kept.Concat(Enumerable.Range(0, axes).Select(i =>
            stride is null ? Dim.Unknown : Window(shape.Dims[i + 2], kernel[i], stride[i], padding[i], dilation[i]))));
    }

    private static Shape Reshape(Op op, IReadOnlyDictionary<string, Argument> arguments, Shape shape)
    {
        long? Arg(string name, long? otherwise) => !arguments.TryGetValue(name, out var a) ? otherwise : (a.Value as Constant)?.Integer;
        switch (op.Name)
        {
            case "Flatten" when shape.HasRank:
            {
                if ((Arg("start_dim", 0) ?? Arg("startDim", 0)) is not { } from || Arg("end_dim", -1) is not { } to) return Shape.Unknown;
                if (to < 0) to += shape.Rank;
                if (from < 0) from += shape.Rank;
                if (from > to || to >= shape.Rank) return Shape.Unknown;
                var merged = shape.Dims.Skip((int)from).Take((int)(to - from + 1)).ToList();
                var size = merged.All(d => d.Size is not null) ? Dim.Of(merged.Aggregate(1L, (n, d) => n * d.Size!.Value)) : merged.Count == 1 ? merged[0] : Dim.Unknown;
                return Shape.Of(shape.Dims.Take((int)from).Append(size).Concat(shape.Dims.Skip((int)to + 1)));
            }
            case "view" or "reshape":
                return Target(arguments) is { } target ? Shape.Of(Resolve(target, shape)) : Shape.Unknown;
            case "unsqueeze" when shape.HasRank && Arg("dim", null) is { } dim:
                var at = (int)(dim < 0 ? dim + shape.Rank + 1 : dim);
                return at >= 0 && at <= shape.Rank ? Shape.Of(shape.Dims.Insert(at, Dim.Of(1))) : Shape.Unknown;
            case "squeeze" when shape.HasRank && arguments.Count > 0 && Arg("dim", null) is { } dim:
                var gone = (int)(dim < 0 ? dim + shape.Rank : dim);
                return gone >= 0 && gone < shape.Rank && shape.Dims[gone].Size == 1 ? Shape.Of(shape.Dims.RemoveAt(gone)) : Shape.Unknown;
            case "squeeze" when shape.IsConstant:
                return Shape.Of(shape.Dims.Where(d => d.Size != 1));
            default:
                return Shape.Unknown;
        }
    }

    /// <summary>The sizes a view or reshape asks for; null when their number is not known. −1 stays −1.</summary>
    public static IReadOnlyList<Dim>? Target(IReadOnlyDictionary<string, Argument> arguments) =>
        arguments.TryGetValue("shape", out var argument) && argument.Value is Items { IsComplete: true } items
            ? items.Elements.Select(Reader.ToDim).ToList()
            : null;

    private static IEnumerable<Dim> Resolve(IReadOnlyList<Dim> target, Shape source)
    {
        long? Product(IEnumerable<Dim> dims) => dims.Aggregate((long?)1, (n, d) => n is not null && d.Size is { } size ? n * size : null);
        if (target.Count(d => d.Size == -1) != 1) return target;
        var rest = target.Where(d => d.Size != -1).ToList();
        var inferred = Dim.Unknown;
        if (source.HasRank)
        {
            // Sizes that stand on both sides cancel; what is left must be numbers.
            var left = source.Dims.ToList();
            foreach (var dim in rest.ToList())
                if (dim.Symbol is not null && left.Remove(dim)) rest.Remove(dim);
            if (left.Count == 1 && rest.Count == 0) inferred = left[0];
            else if (Product(left) is { } all && Product(rest) is { } given && given > 0 && all % given == 0) inferred = Dim.Of(all / given);
        }
        return target.Select(d => d.Size == -1 ? inferred : d);
    }

    private static Shape Permute(Op op, IReadOnlyDictionary<string, Argument> arguments, Shape shape)
    {
        if (!shape.HasRank) return Shape.Unknown;
        if (op.Name == "permute")
            return arguments.Values.Select(a => a.Value).OfType<Items>().FirstOrDefault() is { IsComplete: true } order
                && order.Elements.Select(e => (e as Constant)?.Integer).ToList() is var axes && axes.Count == shape.Rank && axes.All(a => a is not null && a < shape.Rank && a >= -shape.Rank)
                ? Shape.Of(axes.Select(a => shape.Dims[(int)(a < 0 ? a.Value + shape.Rank : a!.Value)]))
                : Shape.Unknown;
        var pair = arguments.Values.Select(a => (a.Value as Constant)?.Integer).ToList();
        if (pair.Count == 0 && shape.Rank == 2) pair = [0, 1];
        if (pair.Count != 2 || pair.Any(p => p is null)) return Shape.Unknown;
        var (i, j) = ((int)(pair[0]!.Value < 0 ? pair[0]!.Value + shape.Rank : pair[0]!.Value), (int)(pair[1]!.Value < 0 ? pair[1]!.Value + shape.Rank : pair[1]!.Value));
        if (i < 0 || j < 0 || i >= shape.Rank || j >= shape.Rank) return Shape.Unknown;
        return Shape.Of(shape.Dims.SetItem(i, shape.Dims[j]).SetItem(j, shape.Dims[i]));
    }

    private static readonly HashSet<string> SizeParameters = ["size", "dimensions", "rows", "columns", "dim0", "dim1", "dim2", "dim3"];

    private static IEnumerable<Dim>? Sizes(IReadOnlyDictionary<string, Argument> arguments)
    {
        var sizes = new List<Dim>();
        foreach (var pair in arguments.Where(a => SizeParameters.Contains(a.Key)))
            if (pair.Value.Value is Items items) { if (!items.IsComplete) return null; sizes.AddRange(items.Elements.Select(Reader.ToDim)); }
            else sizes.Add(Reader.ToDim(pair.Value.Value));
        return sizes.Count > 0 ? sizes : null;
    }

    private static Shape IndexShape(Op op, IReadOnlyDictionary<string, Argument> arguments, Shape shape)
    {
        if (!shape.HasRank) return Shape.Unknown;
        int? Axis() => arguments.TryGetValue("dim", out var a) && a.Value is Constant { Integer: { } n } && n < shape.Rank && n >= -shape.Rank ? (int)(n < 0 ? n + shape.Rank : n) : null;
        return op.Name switch
        {
            "index_select" or "slice" or "split" or "chunk" when Axis() is { } axis => shape.With(axis, Dim.Unknown),
            "narrow" when Axis() is { } axis && arguments.TryGetValue("length", out var length) => shape.With(axis, Reader.ToDim(length.Value)),
            "select" when Axis() is { } axis => Shape.Of(shape.Dims.RemoveAt(axis)),
            _ => Shape.Unknown,
        };
    }

    private static Shape Broadcast(Op op, IReadOnlyDictionary<string, Argument> arguments, Shape shape, Step? input)
    {
        var other = arguments.Values.Select(a => a.Value).OfType<Step>().FirstOrDefault(s => !ReferenceEquals(s, input));
        if (other is null) return shape;
        if (!shape.HasRank || !other.Shape.HasRank || shape.Rank < other.Shape.Rank) return Shape.Unknown;
        for (var i = 1; i <= other.Shape.Rank; i++)
            if (other.Shape.Dims[other.Shape.Rank - i] is var dim && dim.Size != 1 && !dim.Equals(shape.Dims[shape.Rank - i])) return Shape.Unknown;
        return shape;
    }

    private static Shape Reduce(IReadOnlyDictionary<string, Argument> arguments, Shape shape)
    {
        var axes = arguments.TryGetValue("dim", out var a) || arguments.TryGetValue("dimensions", out a) ? a.Value : null;
        var list = axes switch { Constant { Integer: { } n } => [n], Items items => items.Elements.Select(e => (e as Constant)?.Integer).ToList(), _ => (List<long?>?)null };
        if (!shape.HasRank || list is null || list.Any(i => i is null || i >= shape.Rank || i < -shape.Rank)) return Shape.Unknown;
        var gone = new HashSet<int>(list.Select(i => (int)(i < 0 ? i!.Value + shape.Rank : i!.Value)));
        var keep = (arguments.TryGetValue("keepdim", out var k) || arguments.TryGetValue("keepDimension", out k)) && k.Value is Constant { Raw: true };
        return Shape.Of(shape.Dims.SelectMany((d, i) => !gone.Contains(i) ? [d] : keep ? new[] { Dim.Of(1) } : []));
    }

    private static Dim BatchOf(Step? input, Shape shape, int rank) =>
        shape.HasRank && shape.Rank == rank ? shape.Dims[0] : input is null ? Dim.Unknown : Dim.Named(new Axis(input, 0));
}
