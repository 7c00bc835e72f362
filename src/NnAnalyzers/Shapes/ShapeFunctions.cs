namespace NnAnalyzers.Shapes;

/// <summary>
/// What each operation makes of the shapes it is given; unknown where it would throw. Formulas: the PyTorch documentation of each
/// operation. Property tests run the real operations and compare.
/// </summary>
internal static class ShapeFunctions
{
    public static Shape Same(Applied a) => a.Input;

    public static Shape LikeSecond(Applied a) => a.Inputs.Count > 1 ? a.Inputs[1] : Shape.Unknown;

    public static Shape LikeIndex(Applied a) => (a.Find("index") ?? a.Find("indices"))?.Tensor ?? Shape.Unknown;

    // ---- Arguments.

    private static Dim Size(Applied a, string name) => a.Find(name)?.Dim ?? Dim.Unknown;

    private static long? Number(Applied a, string name, long? otherwise = null) =>
        a.Find(name) is { IsNull: false } given ? given.Dim.Size : otherwise;

    private static bool? Flag(Applied a, string name) => a.Find(name) is { } given ? given.Flag : false;

    private static string? Present(Applied a, params string[] names)
    {
        foreach (var name in names)
            if (a.Find(name) is { IsNull: false }) return name;
        return null;
    }

    private static IReadOnlyList<Dim>? Sizes(Applied a, params string[] names) =>
        Present(a, names) is { } name ? a.Find(name)!.Sizes : null;

    /// <summary>A size for each spatial axis.</summary>
    private static IReadOnlyList<Dim>? PerAxis(Applied a, int axes, Dim? otherwise, params string[] names)
    {
        if (Present(a, names) is not { } name) return otherwise is { } value ? Repeated(value, axes) : null;
        return a.Find(name)!.Sizes switch
        {
            { Count: 1 } one => Repeated(one[0], axes),
            { } all when all.Count == axes => all,
            _ => null,
        };
    }

    private static Dim[] Repeated(Dim size, int axes)
    {
        var sizes = new Dim[axes];
        for (var i = 0; i < axes; i++) sizes[i] = size;
        return sizes;
    }

    /// <summary>The same as numbers; null when not known.</summary>
    public static IReadOnlyList<long>? PerAxis(Applied a, string parameter, long? otherwise) =>
        PerAxis(a, a.SpatialAxes, otherwise is { } o ? Dim.Of(o) : null, parameter) is { } sizes && sizes.All(s => s.Size is not null)
            ? sizes.Select(s => s.Size!.Value).ToList() : null;

    private static Shape? Tensor(Applied a, params string[] names) =>
        names.Select(n => a.Find(n)?.Tensor).FirstOrDefault(s => s is not null);

    private static IEnumerable<Dim> Unknowns(int count) => Enumerable.Repeat(Dim.Unknown, count);

    // ---- Layers with weights.

    /// <summary>(…, in) → (…, out)</summary>
    public static Shape Linear(Applied a) => a.Input.WithLast(a.Out ?? Tensor(a, "weights", "weight")?.At(0) ?? Dim.Unknown);

    public static Shape Bilinear(Applied a) => a.Input.WithLast(a.Out ?? Tensor(a, "weight")?.At(0) ?? Dim.Unknown);

    public static Shape Embed(Applied a) =>
        a.Input.HasRank ? Shape.Of(a.Input.Dims.Add(a.Out ?? Dim.Unknown)) : Shape.EndingIn(a.Out ?? Dim.Unknown);

    public static Shape EmbedBags(Applied a) =>
        a.Input.Rank == 2 ? Shape.Of(a.Input.Dims[0], a.Out ?? Dim.Unknown) : Shape.EndingIn(a.Out ?? Dim.Unknown);

    /// <summary>⌊(n + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1, or rounded up</summary>
    private static Dim Window(Dim n, Dim kernel, Dim stride, Dim padding, Dim dilation, bool ceil = false)
    {
        var one = Dim.Of(1);
        var span = n + Dim.Of(2) * padding - dilation * (kernel - one) - one;
        if (span.Size is < 0 || stride.Size is <= 0) return Dim.Unknown;
        if (!ceil) return span / stride + one;
        // Rounded up, but a last window must start inside the input or its left padding.
        if (span.Size is not { } s || stride.Size is not { } by || n.Size is not { } size || padding.Size is not { } pad)
            return stride.Size == 1 ? span + one : Dim.Unknown;
        var count = s == 0 ? 1 : (s - 1) / by + 2;
        return Dim.Of((count - 1) * by >= size + pad ? count - 1 : count);
    }

    /// <summary>
    /// Why a window does not fit: the size of the axis and what the window needs; null if it fits or is not known.
    /// </summary>
    public static (Dim Has, Dim Needs)? WindowTooLarge(Applied a)
    {
        var axes = a.SpatialAxes;
        if (a.Input.Rank != axes + 2 || PerAxis(a, axes, null, "kernel_size") is not { } kernel
            || IsNamedPadding(a) || PerAxis(a, axes, Dim.Of(0), "padding") is not { } padding
            || PerAxis(a, axes, Dim.Of(1), "dilation") is not { } dilation) return null;
        for (var i = 0; i < axes; i++)
            if (a.Input.Dims[i + 2] is { Size: not null } n
                && dilation[i] * (kernel[i] - Dim.Of(1)) + Dim.Of(1) - Dim.Of(2) * padding[i] is { Size: { } needs } && n.Size < needs)
                return (n, Dim.Of(needs));
        return null;
    }

    private static bool IsNamedPadding(Applied a) => a.Declared("padding") is { Type: "Padding" };

    /// <summary>(N, in, L…) → (N, out, L′…)</summary>
    public static Shape Convolve(Applied a)
    {
        var (axes, channels) = (a.SpatialAxes, a.Out ?? Tensor(a, "weight")?.At(0) ?? Dim.Unknown);
        if (!a.Input.HasRank) return Shape.Unknown;
        // Without a batch axis the channels come first.
        var first = a.Input.Rank - axes - 1;
        if (first is not (0 or 1)) return Shape.Unknown;
        var kernel = PerAxis(a, axes, null, "kernel_size")
            ?? (Tensor(a, "weight") is { HasRank: true } weight && weight.Rank == axes + 2 ? weight.Dims.Skip(2).ToList() : null);
        var (stride, dilation) = (PerAxis(a, axes, Dim.Of(1), "stride", "strides"), PerAxis(a, axes, Dim.Of(1), "dilation"));
        var spatial = Unknowns(axes);
        if (IsNamedPadding(a))
        {
            // Padding.Same keeps the size (its stride is 1), Padding.Valid pads nothing.
            var same = Number(a, "padding", -1);
            if (same == 1) spatial = a.Input.Dims.Skip(first + 1);
            else if (same == 0 && kernel is not null && stride is not null && dilation is not null)
            spatial = Enumerable.Range(0, axes)
                .Select(i => Window(a.Input.Dims[i + first + 1], kernel[i], stride[i], Dim.Of(0), dilation[i]));
        }
        else if (kernel is not null && stride is not null && dilation is not null && PerAxis(a, axes, Dim.Of(0), "padding") is { } padding)
        {
            var dims = new Dim[first + 1 + axes];
            if (first == 1) dims[0] = a.Input.Dims[0];
            dims[first] = channels;
            for (var i = 0; i < axes; i++)
                dims[first + 1 + i] = Window(a.Input.Dims[i + first + 1], kernel[i], stride[i], padding[i], dilation[i]);
            return Shape.Of(dims);
        }
        return Shape.Of(a.Input.Dims.Take(first).Append(channels).Concat(spatial));
    }

    /// <summary>(n − 1)·stride − 2·padding + dilation·(kernel − 1) + output padding + 1</summary>
    public static Shape ConvolveTransposed(Applied a)
    {
        var axes = a.SpatialAxes;
        var weight = Tensor(a, "weight");
        var channels = a.Out ?? (weight is { HasRank: true } ? weight.At(1) * Size(a, "groups") : Dim.Unknown);
        if (!a.Input.HasRank || a.Input.Rank - axes - 1 is not ((0 or 1) and var first)) return Shape.Unknown;
        var one = Dim.Of(1);
        var kernel = PerAxis(a, axes, null, "kernel_size")
            ?? (weight is { HasRank: true } && weight.Rank == axes + 2 ? weight.Dims.Skip(2).ToList() : null);
        var spatial =
            kernel is not null && PerAxis(a, axes, one, "stride", "strides") is { } stride
            && PerAxis(a, axes, Dim.Of(0), "padding") is { } padding
                      && PerAxis(a, axes, one, "dilation") is { } dilation && PerAxis(a, axes, Dim.Of(0), "output_padding") is { } more
            ? Enumerable.Range(0, axes)
            .Select(i =>
            (a.Input.Dims[i + first + 1] - one) * stride[i] - Dim.Of(2) * padding[i] + dilation[i] * (kernel[i] - one) + more[i] + one)
            : Unknowns(axes);
        return Shape.Of(a.Input.Dims.Take(first).Append(channels).Concat(spatial));
    }

    /// <summary>(…, in) → (…, hidden), twice as wide in both directions.</summary>
    public static Shape Recur(Applied a)
    {
        var hidden = a.Out ?? Dim.Unknown;
        return a.Input.WithLast(Flag(a, "bidirectional") switch { false => hidden, true => hidden * Dim.Of(2), null => Dim.Unknown });
    }

    public static Shape RecurOnce(Applied a) => a.Input.WithLast(a.Out ?? Dim.Unknown);

    /// <summary>
    /// The state after the last step: (layers · directions, N, hidden), wherever the input has its batch; of a cell (N, hidden).
    /// </summary>
    public static Shape State(Applied a)
    {
        var hidden = a.Out ?? Dim.Unknown;
        if (a.Name.EndsWith("Cell", StringComparison.Ordinal)) return RecurOnce(a);
        if (a.Input.HasRank && a.Input.Rank != 3) return Shape.Unknown; // throws
        var directions = Flag(a, "bidirectional") switch { false => Dim.Of(1), true => Dim.Of(2), null => Dim.Unknown };
        var batch = Flag(a, "batchFirst") is { } first ? a.Input.At(first ? 0 : 1) : Dim.Unknown;
        return Shape.Of((a.Find("numLayers") is not null ? Size(a, "numLayers") : Dim.Of(1)) * directions, batch, hidden);
    }

    /// <summary>The target goes in second and keeps its shape.</summary>
    public static Shape Decode(Applied a) => LikeSecond(a);

    /// <summary>(…, L, E), (…, S, E), (…, S, V) → (…, L, V)</summary>
    public static Shape Attend(Applied a) => a.Inputs.Count > 2 ? a.Input.WithLast(a.Inputs[2].At(-1)) : Shape.Unknown;

    // ---- Spatial sizes.

    public static Shape Pool(Applied a)
    {
        var axes = a.SpatialAxes;
        if (!a.Input.HasRank || a.Input.Rank - axes is not ((1 or 2) and var first)) return Shape.Unknown;
        var kernel = PerAxis(a, axes, null, "kernel_size");
        var stride = Present(a, "stride", "strides") is null ? kernel : PerAxis(a, axes, null, "stride", "strides");
        var spatial =
            kernel is not null && stride is not null && PerAxis(a, axes, Dim.Of(0), "padding") is { } padding
            && PerAxis(a, axes, Dim.Of(1), "dilation") is { } dilation && Flag(a, "ceil_mode") is { } ceil
            ? Enumerable.Range(0, axes).Select(i => Window(a.Input.Dims[i + first], kernel[i], stride[i], padding[i], dilation[i], ceil))
            : Unknowns(axes);
        return Shape.Of(a.Input.Dims.Take(first).Concat(spatial));
    }

    public static Shape PoolAdaptively(Applied a)
    {
        var axes = a.SpatialAxes;
        if (!a.Input.HasRank || a.Input.Rank - axes is not ((1 or 2) and var first)) return Shape.Unknown;
        return Shape.Of(a.Input.Dims.Take(first).Concat(PerAxis(a, axes, null, "output_size", "outputSize") ?? Unknowns(axes)));
    }

    /// <summary>Batch and channels stay; the rest is not followed.</summary>
    public static Shape ResizeSpatially(Applied a) =>
        a.Input.HasRank && a.Input.Rank - a.SpatialAxes is (1 or 2) and var first
        ? Shape.Of(a.Input.Dims.Take(first).Concat(Unknowns(a.SpatialAxes))) : Shape.Unknown;

    /// <summary>Pairs of paddings, the last axis first.</summary>
    public static Shape Pad(Applied a)
    {
        if (!a.Input.HasRank) return Shape.Unknown;
        var sizes = Sizes(a, "pad", "padding");
        var axes = a.SpatialAxes;
        if (sizes is { Count: 1 } && axes > 0) sizes = Enumerable.Repeat(sizes[0], 2 * axes).ToList();
        else if (sizes is { Count: 1 }) sizes = [sizes[0], sizes[0]];
        if (sizes is null || sizes.Count % 2 != 0 || sizes.Count / 2 > a.Input.Rank) return Shape.Of(Unknowns(a.Input.Rank));
        var shape = a.Input;
        for (var i = 0; i < sizes.Count / 2; i++)
            shape = shape.With(shape.Rank - 1 - i, shape.Dims[shape.Rank - 1 - i] + sizes[2 * i] + sizes[2 * i + 1]);
        return shape;
    }

    public static Shape Upsample(Applied a)
    {
        if (!a.Input.HasRank || a.Input.Rank < 3) return Shape.Unknown;
        var axes = a.Input.Rank - 2;
        var kept = a.Input.Dims.Take(2);
        if (Present(a, "size") is not null) return Shape.Of(kept.Concat(PerAxis(a, axes, null, "size") ?? Unknowns(axes)));
        if (Present(a, "scale_factor", "scaleFactors") is { } name && a.Find(name)!.Items is { } factors
            && (factors.Count == axes || factors.Count == 1)
            && factors.All(f => f.Number is { } n && n == Math.Floor(n)))
            return Shape.Of(kept.Concat(Enumerable.Range(0, axes)
                .Select(i => a.Input.Dims[i + 2] * Dim.Of((long)factors[factors.Count == 1 ? 0 : i].Number!.Value))));
        return Shape.Of(kept.Concat(Unknowns(axes)));
    }

    /// <summary>(N, C·r², H, W) → (N, C, H·r, W·r), and back.</summary>
    public static Shape ShufflePixels(Applied a)
    {
        if (a.Input.Rank != 4) return Shape.Unknown;
        var d = a.Input.Dims;
        return Size(a, "upscale_factor") is { IsKnown: true } up ? Shape.Of(d[0], d[1].ExactlyBy(up * up), d[2] * up, d[3] * up)
            : Size(a, "downscale_factor") is { IsKnown: true } down
            ? Shape.Of(d[0], d[1] * down * down, d[2].ExactlyBy(down), d[3].ExactlyBy(down)) : Shape.Unknown;
    }

    // ---- Reshapes.

    public static Shape Flatten(Applied a)
    {
        var from = Number(a, Present(a, "start_dim", "startDim") ?? "start_dim", 0);
        // From the second axis on there are two, however many there were.
        if (!a.Input.HasRank)
            return from == 0 ? Shape.Of(Dim.Unknown)
                : from == 1 && Number(a, "end_dim", -1) == -1 ? Shape.Of(Dim.Unknown, Dim.Unknown) : Shape.Unknown;
        if (a.Input.Normalize(from) is not { } first
            || a.Input.Normalize(Number(a, Present(a, "end_dim", "endDim") ?? "end_dim", -1)) is not { } last || first > last)
            return Shape.Unknown;
        var dims = a.Input.Dims;
        return Shape.Of(dims.Take(first).Append(Shape.Product(dims.Skip(first).Take(last - first + 1))).Concat(dims.Skip(last + 1)));
    }

    public static Shape Unflatten(Applied a)
    {
        if (a.Input.Normalize(Number(a, "dim")) is not { } axis || Sizes(a, "sizes", "unflattened_size") is not { } sizes)
            return Shape.Unknown;
        return Shape.Of(a.Input.Dims.Take(axis).Concat(Resolve(sizes, [a.Input.Dims[axis]])).Concat(a.Input.Dims.Skip(axis + 1)));
    }

    /// <summary>The sizes a view or reshape asks for; null when their number is not known. −1 stays −1.</summary>
    public static IReadOnlyList<Dim>? Target(Applied a) => Sizes(a, "shape");

    public static Shape View(Applied a) => Sizes(a, "shape") is not { } target ? Shape.Unknown
        // Samples run into each other: how many there are afterwards is nothing to go on with.
        : target is [{ Size: -1 }, { Size: { } row }] && a.Input.ElementsPerSample.Size is { } sample && sample % Math.Max(1, row) != 0
        ? Shape.Of(Dim.Unknown, Dim.Of(row))
        : Shape.Of(Resolve(target, a.Input.HasRank ? a.Input.Dims : null));

    /// <summary>Replaces −1 by what is left of the source.</summary>
    private static IEnumerable<Dim> Resolve(IReadOnlyList<Dim> target, IReadOnlyList<Dim>? source)
    {
        if (target.Count(d => d.Size == -1) != 1) return target;
        var rest = target.Where(d => d.Size != -1).ToList();
        var inferred = Dim.Unknown;
        if (source is not null)
        {
            // Sizes that stand on both sides cancel, also those of which nothing else is known.
            var left = source.ToList();
            foreach (var dim in rest.ToList())
                if (dim.IsKnown && left.Remove(dim)) rest.Remove(dim);
            inferred = left.Count == 1 && rest.Count == 0 ? left[0] : Shape.Product(left).ExactlyBy(Shape.Product(rest));
        }
        return target.Select(d => d.Size == -1 ? inferred : d);
    }

    public static Shape Squeeze(Applied a)
    {
        if (Present(a, "dim") is null) return a.Input.IsConstant ? Shape.Of(a.Input.Dims.Where(d => d.Size != 1)) : Shape.Unknown;
        var dim = Number(a, "dim");
        if (a.Input.Normalize(dim) is not { } axis)
            return !a.Input.HasRank && dim == -1 && a.Input.At(-1).Size == 1
                ? Shape.EndingIn(a.Input.Dims.Take(a.Input.Dims.Length - 1).ToArray()) : Shape.Unknown;
        // An axis that is not 1 stays.
        var size = a.Input.Dims[axis];
        return size.Size == 1 ? Shape.Of(a.Input.Dims.RemoveAt(axis)) : size.Size is not null ? a.Input : Shape.Unknown;
    }

    public static Shape Unsqueeze(Applied a) =>
        a.Input.Normalize(Number(a, "dim"), 1) is { } axis ? Shape.Of(a.Input.Dims.Insert(axis, Dim.Of(1)))
        : !a.Input.HasRank && Number(a, "dim") == -1 && a.Input.Dims.Length > 0 ? Shape.EndingIn(a.Input.Dims.Add(Dim.Of(1)).ToArray())
        : Shape.Unknown;

    public static Shape Expand(Applied a)
    {
        if (Sizes(a, "sizes", "shape") is not { } sizes) return Shape.Unknown;
        var more = sizes.Count - a.Input.Rank;
        return Shape.Of(sizes.Select((s, i) => s.Size == -1
            ? a.Input.HasRank && i >= more && more >= 0 ? a.Input.Dims[i - more] : Dim.Unknown : s));
    }

    public static Shape Repeat(Applied a)
    {
        if (Sizes(a, "sizes", "repeats", "reps", "dims") is not { } times || !a.Input.HasRank) return Shape.Unknown;
        var rank = Math.Max(times.Count, a.Input.Rank);
        return Shape.Of(Enumerable.Range(0, rank).Select(i =>
            (i >= rank - a.Input.Rank ? a.Input.Dims[i - (rank - a.Input.Rank)] : Dim.Of(1)) * (i >= rank - times.Count
            ? times[i - (rank - times.Count)] : Dim.Of(1))));
    }

    // ---- Orders of axes.

    public static Shape Permute(Applied a)
    {
        if (!a.Input.HasRank || Sizes(a, "permutation") is not { } order || order.Count != a.Input.Rank) return Shape.Unknown;
        var axes = order.Select(o => a.Input.Normalize(o.Size)).ToList();
        return axes.Any(x => x is null) || axes.Distinct().Count() != axes.Count ? Shape.Unknown
            : Shape.Of(axes.Select(x => a.Input.Dims[x!.Value]));
    }

    public static Shape Transpose(Applied a)
    {
        long? first = Number(a, Present(a, "dim0", "axis0") ?? "dim0"), second = Number(a, Present(a, "dim1", "axis1") ?? "dim1");
        if (Present(a, "dim0", "axis0", "dim1", "axis1") is null)
            (first, second) = a.Input.Rank is 2 or -1 ? (-2L, -1L) : ((long?)null, (long?)null);
        if (first is null || second is null) return Shape.Unknown;
        if (!a.Input.HasRank)
            return first < 0 && second < 0 && Math.Min(first.Value, second.Value) >= -a.Input.Dims.Length
                ? Swap(a.Input, (int)first.Value + a.Input.Dims.Length, (int)second.Value + a.Input.Dims.Length) : Shape.Unknown;
        return a.Input.Normalize(first) is { } i && a.Input.Normalize(second) is { } j ? Swap(a.Input, i, j) : Shape.Unknown;

        static Shape Swap(Shape shape, int i, int j) => shape.With(i, shape.Dims[j]).With(j, shape.Dims[i]);
    }

    public static Shape MoveAxis(Applied a)
    {
        if (!a.Input.HasRank || Sizes(a, "source") is not [{ Size: { } s }] || Sizes(a, "destination") is not [{ Size: { } d }]
            || a.Input.Normalize(s) is not { } from || a.Input.Normalize(d) is not { } to) return Shape.Unknown;
        return Shape.Of(a.Input.Dims.RemoveAt(from).Insert(to, a.Input.Dims[from]));
    }

    // ---- Several tensors.

    /// <summary>The axis tensors are joined along; <c>concatenate</c> calls it otherwise. Null if not known.</summary>
    public static long? AxisOf(Applied a) => Number(a, a.Find("axis") is not null ? "axis" : "dim", 0);

    public static Shape Concatenate(Applied a)
    {
        var shapes = a.Inputs;
        if (shapes.Count == 0 || !IsComplete(a))
            return shapes.FirstOrDefault(s => s.HasRank) is { } any ? Shape.Of(Unknowns(any.Rank)) : Shape.Unknown;
        if (shapes.FirstOrDefault(s => s.HasRank) is not { } first)
            return AxisOf(a) == -1 ? Shape.EndingIn(shapes.Aggregate(Dim.Of(0), (sum, s) => sum + s.At(-1))) : Shape.Unknown;
        if (first.Normalize(AxisOf(a)) is not { } axis || shapes.Any(s => s.HasRank && s.Rank != first.Rank)) return Shape.Unknown;
        return Shape.Of(Enumerable.Range(0, first.Rank).Select(i => i == axis ? shapes.Aggregate(Dim.Of(0), (sum, s) => sum + s.At(i))
            : shapes.Select(s => s.At(i)).Where(d => d.IsKnown).DefaultIfEmpty(Dim.Unknown).OrderBy(d => d.Size is null).First()));
    }

    /// <summary>Whether all tensors are known that are joined.</summary>
    private static bool IsComplete(Applied a) =>
        a.Find("tensors") is not { } tensors || tensors.Items is not null || tensors.IndexKind != IndexKind.List;

    public static Shape Stack(Applied a)
    {
        if (a.Inputs.FirstOrDefault(i => i.HasRank) is not { } first || first.Normalize(Number(a, "dim", 0), 1) is not { } axis)
            return Shape.Unknown;
        return Shape.Of(first.Dims.Insert(axis, IsComplete(a) ? Dim.Of(a.Inputs.Count) : Dim.Unknown));
    }

    /// <summary>Sizes that stand one above the other, from the last: equal, or one of them 1.</summary>
    public static Shape Broadcast(Applied a) =>
        a.Inputs.Aggregate((Shape?)null, (x, y) => x is null ? y : Broadcast(x, y)) ?? Shape.Unknown;

    public static Shape Broadcast(Shape x, Shape y)
    {
        if (x.Dims.Length < y.Dims.Length) (x, y) = (y, x);
        if (y.Rank == 0) return x;
        if (x.Rank == 0) return y;
        // Of a shape whose front is open only what stands above something known is known.
        var known = !y.HasRank || !x.HasRank ? Math.Min(x.Dims.Length, y.Dims.Length) : x.Dims.Length;
        if (y.HasRank && !x.HasRank) known = x.Dims.Length;
        var dims = Enumerable.Range(0, known).Select(i => i - known)
            .Select(i => Together(x.At(i), i + y.Dims.Length >= 0 ? y.At(i) : Dim.Of(1))).ToArray();
        return x.HasRank && y.HasRank ? Shape.Of(dims) : Shape.EndingIn(dims);
    }

    private static Dim Together(Dim a, Dim b) =>
        a.Equals(b) || b.Size == 1 ? a : a.Size == 1 ? b
        // One of them is the larger one; a number other than 1 wins over what may be 1.
        : a.Size is not null && b.Size is null ? a : b.Size is not null && a.Size is null ? b : Dim.Unknown;

    /// <summary>(…, n, k) × (…, k, m) → (…, n, m)</summary>
    public static Shape Multiply(Applied a)
    {
        if (a.Inputs.Count < 2) return Shape.Unknown;
        var (x, y) = (a.Inputs[0], a.Inputs[1]);
        if (x.Rank >= 2 && y.Rank >= 2)
            return Broadcast(Shape.Of(x.Dims.Take(x.Rank - 2)), Shape.Of(y.Dims.Take(y.Rank - 2))) is { HasRank: true } batch
                ? Shape.Of(batch.Dims.Add(x.At(-2)).Add(y.At(-1))) : Shape.Unknown;
        return (x.Rank, y.Rank) switch
        {
            (1, 1) => Shape.Scalar,
            ( >= 2, 1) => Shape.Of(x.Dims.RemoveAt(x.Rank - 1)),
            (1, >= 2) => Shape.Of(y.Dims.RemoveAt(y.Rank - 2)),
            _ => y.Dims.Length > 0 && y.Rank != 1 ? Shape.EndingIn(y.At(-1)) : Shape.Unknown,
        };
    }

    // ---- Parts.

    public static Shape Select(Applied a) =>
        a.Input.Normalize(Number(a, Present(a, "dim", "dimension") ?? "dim", 0)) is { } axis ? Shape.Of(a.Input.Dims.RemoveAt(axis))
        : Shape.Unknown;

    public static Shape Narrow(Applied a) =>
        a.Input.Normalize(Number(a, "dim")) is { } axis ? a.Input.With(axis, Part(axis, Size(a, "length"))) : Shape.Unknown;

    /// <summary>As many as that; where nothing tells, a part of the samples is again as many as a batch has.</summary>
    private static Dim Part(int axis, Dim size) => axis != 0 ? size
        : size.Symbol is Symbol { IsSmaller: true } smaller ? Dim.Named(new Axis(smaller, 0))
        : size.IsKnown ? size : Dim.Named(new Axis(new object(), 0));

    public static Shape Slice(Applied a)
    {
        if (a.Input.Normalize(Number(a, "dim")) is not { } axis) return Shape.Unknown;
        return a.Input.With(axis, Extent(a.Input.Dims[axis], Number(a, "start"), Number(a, "finish"), Number(a, "step", 1)));
    }

    /// <summary>The number of values from start to stop; both may count from the end, and stop may lie beyond it.</summary>
    public static Dim Extent(Dim size, long? start, long? stop, long? step)
    {
        if (start is null || step is not > 0) return Dim.Unknown;
        if (size.Size is { } n && stop is { } end)
        {
            var (from, to) = (Math.Min(Math.Max(start < 0 ? start.Value + n : start.Value, 0), n),
                Math.Min(Math.Max(end < 0 ? end + n : end, 0), n));
            return Dim.Of(to <= from ? 0 : (to - from - 1) / step.Value + 1);
        }
        return step == 1 && start >= 0 && stop is < 0 ? size + Dim.Of(stop.Value) - Dim.Of(start.Value) : Dim.Unknown;
    }

    public static Shape AxisOfUnknownSize(Applied a) =>
        a.Input.Normalize(Number(a, "dim", 0)) is { } axis ? a.Input.With(axis, Dim.Unknown) : Shape.Unknown;

    /// <summary>Pieces of one size, of which the last may be smaller.</summary>
    public static Shape Split(Applied a)
    {
        if (a.Input.Normalize(Number(a, "dim", 0)) is not { } axis) return Shape.Unknown;
        if (Number(a, "size") is not { } size || size <= 0) return a.Input.With(axis, Dim.Unknown);
        var isEven = size == 1 || a.Input.Dims[axis].Size is { } all && all % size == 0;
        return a.Input.With(axis, isEven ? Dim.Of(size) : Part(axis, Dim.Unknown));
    }

    /// <summary>As many along one axis as there are indices.</summary>
    public static Shape IndexSelect(Applied a) => a.Input.Normalize(Number(a, "dim", 0)) is { } axis
        ? a.Input.With(axis, Part(axis, a.Find("index")?.Tensor is { Rank: 1 } index ? index.Dims[0] : Dim.Unknown)) : Shape.Unknown;

    public static Shape Chunk(Applied a) =>
        !a.Input.HasRank && Number(a, "dim", 0) == -1 ? Shape.EndingIn(a.Input.At(-1).ExactlyBy(Size(a, "chunks")))
        : a.Input.Normalize(Number(a, "dim", 0)) is { } axis ? a.Input.With(axis, a.Input.Dims[axis].ExactlyBy(Size(a, "chunks")))
        : Shape.Unknown;

    public static Shape TopK(Applied a) =>
        a.Input.Normalize(Number(a, "dim", -1)) is { } axis ? a.Input.With(axis, Size(a, "k")) : Shape.Unknown;

    public static Shape HalveAxis(Applied a)
    {
        var dim = Number(a, "dim", -1);
        if (a.Input.HasRank)
            return a.Input.Normalize(dim) is { } axis ? a.Input.With(axis, a.Input.Dims[axis].ExactlyBy(Dim.Of(2))) : Shape.Unknown;
        return dim == -1 ? Shape.EndingIn(a.Input.At(-1).ExactlyBy(Dim.Of(2))) : Shape.Unknown;
    }

    /// <summary><c>x[.., 0, 1..3]</c></summary>
    public static Shape IndexBy(Applied a)
    {
        if (!a.Input.HasRank || a.Find("indices")?.Items is not { } indices) return Shape.Unknown;
        // A number takes an axis away; a slice cuts it; null makes one; an ellipsis stands for all that are not named. A tensor may be a
        // mask.
        if (indices.Any(i => i.IndexKind is IndexKind.Unknown or IndexKind.List))
            return indices is [{ IndexKind: IndexKind.List, Items: { } rows }] && rows.All(r => r.Tensor is null)
                ? a.Input.With(0, Dim.Unknown) : Shape.Unknown;
        var named = indices.Count(i => i.IndexKind is not (IndexKind.Ellipsis or IndexKind.NewAxis));
        if (named > a.Input.Rank) return Shape.Unknown;
        var dims = new List<Dim>();
        var axis = 0;
        foreach (var index in indices)
            switch (index.IndexKind)
            {
                case IndexKind.Ellipsis:
                    var rest = a.Input.Rank - named;
                    dims.AddRange(a.Input.Dims.Skip(axis).Take(rest));
                    axis += rest;
                    break;
                case IndexKind.NewAxis:
                    dims.Add(Dim.Of(1));
                    break;
                case IndexKind.Slice:
                    dims.Add(index.Extent(a.Input.Dims[axis++]));
                    break;
                default:
                    axis++;
                    break;
            }
        return Shape.Of(dims.Concat(a.Input.Dims.Skip(axis)));
    }

    // ---- Reductions, new tensors, losses.

    public static Shape Reduce(Applied a)
    {
        // max(x, y) is element by element.
        if (a.Inputs.Count > 1) return Broadcast(a);
        var keep = Flag(a, "keepdim");
        IReadOnlyList<Dim>? axes = Present(a, "dim0") is not null
            ? new[] { "dim0", "dim1", "dim2" }.Where(n => a.Find(n) is not null).Select(n => Size(a, n)).ToList()
            : Sizes(a, "dim", "dimensions", "dims", "dimension");
        if (axes is null && Present(a, "dim", "dimensions", "dims", "dimension") is null)
            return a.Name is "kthvalue" or "mode" or "quantile" or "nanquantile" or "count_nonzero" ? Shape.Unknown : Shape.Scalar;
        if (axes is null || keep is null) return Shape.Unknown;
        if (!a.Input.HasRank)
            return keep == false && axes is [{ Size: -1 }]
                ? Shape.EndingIn(a.Input.Dims.Take(Math.Max(0, a.Input.Dims.Length - 1)).ToArray()) : Shape.Unknown;
        var gone = axes.Select(x => a.Input.Normalize(x.Size)).ToList();
        if (gone.Any(g => g is null)) return Shape.Unknown;
        return Shape.Of(a.Input.Dims.SelectMany((d, i) => !gone.Contains(i) ? [d] : keep.Value ? new[] { Dim.Of(1) } : []));
    }

    private static readonly string[] Single = ["rows", "columns", "dim0", "dim1", "dim2", "dim3"];

    public static Shape Sizes(Applied a)
    {
        if (Sizes(a, "size", "dimensions") is { } sizes) return Shape.Of(sizes);
        var each = Single.Where(n => a.Find(n) is not null).Select(n => Size(a, n)).ToList();
        if (each.Count > 0) return Shape.Of(each);
        // torch.tensor(array): as long as the array; a number has no axes.
        if (Present(a, "rawArray") is { } made && a.Find(made)!.Extents is { } extents) return Shape.Of(extents);
        if (Present(a, "rawArray", "scalar", "scalar0", "data") is not { } data || a.Declared(data) is not var (_, rank))
            return Shape.Unknown;
        if (rank == 0) return data.StartsWith("scalar", StringComparison.Ordinal) ? Shape.Scalar : Shape.Unknown;
        return rank == 1 && a.Find(data)!.Items is { } items ? Shape.Of(Dim.Of(items.Count)) : Shape.Of(Unknowns(rank));
    }

    public static Shape Eye(Applied a) => Shape.Of(Size(a, "rows"), Number(a, "columns", -1) == -1 ? Size(a, "rows") : Size(a, "columns"));

    /// <summary>One axis, as long as asked for.</summary>
    public static Shape Count(Applied a) => Shape.Of(Size(a, a.Name switch
    {
        "arange" => a.Find("start") is not null ? "" : "stop",
        "randperm" => "n",
        "linspace" or "logspace" => "steps",
        _ => "len",
    }));

    public static Shape OneHot(Applied a) =>
        a.Input.HasRank ? Shape.Of(a.Input.Dims.Add(Size(a, "num_classes") is { Size: not -1 } classes ? classes : Dim.Unknown))
        : Shape.EndingIn(Size(a, "num_classes") is { Size: not -1 } c ? c : Dim.Unknown);

    /// <summary>One number, unless it is asked not to reduce.</summary>
    public static Shape Loss(Applied a) => Number(a, "reduction", 1) is > 0 ? Shape.Scalar : Shape.Unknown;
}
