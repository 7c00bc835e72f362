namespace NnAnalyzers.Shapes;

/// <summary>How an index takes from an axis; a tensor or what is not known may take anything.</summary>
internal enum IndexKind { Unknown, Number, List, Slice, Ellipsis, NewAxis }

/// <summary>A value that an operation is given, as far as shapes depend on it.</summary>
internal interface IOperand
{
    bool IsNull { get; }

    /// <summary>The whole number it is; unknown for anything else.</summary>
    Dim Dim { get; }

    double? Number { get; }

    /// <summary>The truth value it is; null if it is none that is known.</summary>
    bool? Flag { get; }

    /// <summary>The shape of the tensor it is; null if it is none.</summary>
    Shape? Tensor { get; }

    /// <summary>The elements of a list of which all are known; null for anything else.</summary>
    IReadOnlyList<IOperand>? Items { get; }

    /// <summary>
    /// Sizes from <c>3</c>, <c>(3, 3)</c>, <c>new long[] { 3, 3 }</c> or <c>x.shape</c>; null when their number is not known.
    /// </summary>
    IReadOnlyList<Dim>? Sizes { get; }

    /// <summary>The sizes of the array it is, however many of its elements are known; null for anything else.</summary>
    IReadOnlyList<Dim>? Extents { get; }

    IndexKind IndexKind { get; }

    /// <summary>How many of an axis a slice takes.</summary>
    Dim Extent(Dim size);
}

/// <summary>An operation with what it is applied to, as its shape function sees it.</summary>
internal abstract class Applied
{
    public abstract string Name { get; }

    /// <summary>Number of axes a convolution or pooling works on.</summary>
    public abstract int SpatialAxes { get; }

    /// <summary>The size that the layer's weights give; null if no layer is applied.</summary>
    public abstract Dim? Out { get; }

    /// <summary>The shapes of the tensors that go in.</summary>
    public abstract IReadOnlyList<Shape> Inputs { get; }

    /// <summary>The shape of the first tensor.</summary>
    public Shape Input => Inputs.Count > 0 ? Inputs[0] : Shape.Unknown;

    /// <summary>An argument of the layer, or of the call; null if there is none of this name.</summary>
    public abstract IOperand? Find(string parameter);

    /// <summary>The name of the type an argument is declared with, and for an array its number of axes.</summary>
    public abstract (string Type, int ArrayRank)? Declared(string parameter);
}
