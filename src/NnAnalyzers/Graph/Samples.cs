using Microsoft.CodeAnalysis;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>One tensor of each sample.</summary>
/// <param name="Key">What it is called in a dictionary; null for one in a list.</param>
/// <param name="Shape">Its shape without a batch.</param>
/// <param name="Tensor">One of these tensors, or all of them as one.</param>
internal sealed record Column(string? Key, Shape Shape, Step Tensor);

/// <summary>A data set, or a loader that puts its samples together in batches.</summary>
/// <param name="columns">What one sample holds; null if nothing tells.</param>
/// <param name="count">How many samples there are, or batches; unknown if nothing tells.</param>
internal sealed class Samples(IReadOnlyList<Column>? columns, Dim count) : Value
{
    public IReadOnlyList<Column>? Columns => columns;
    public Dim Count => count;

    /// <summary>In batches, whose axis comes first.</summary>
    public bool AreBatches { get; init; }

    /// <summary>The class of the project that it is an object of.</summary>
    public INamedTypeSymbol? Type { get; init; }

    /// <summary>What makes the loader, with what that is given; null for a data set.</summary>
    public (IOperation Creation, Arguments Arguments)? Loader { get; init; }

    /// <summary>Whether the loader draws its samples in another order each time; null where that is not known.</summary>
    public bool? IsShuffled => Loader is not var (_, arguments) ? null
        : arguments.ValueOf("shuffler") is not (null or Constant { Raw: null }) ? true
        : arguments.ValueOf("shuffle") switch { null => false, Constant { Raw: bool shuffles } => shuffles, _ => null };

    /// <summary>The same, of another number.</summary>
    public Samples Of(Dim number) => new(columns, number) { AreBatches = AreBatches, Type = Type, Loader = Loader };

    /// <summary>The same, in batches.</summary>
    /// <param name="size">Samples in a batch; unknown if nothing tells.</param>
    /// <param name="dropsLast">Whether a last batch that is not full is left out; null if nothing tells.</param>
    /// <param name="loader">What makes the loader.</param>
    public Samples InBatches(Dim size, bool? dropsLast, (IOperation Creation, Arguments Arguments) loader)
    {
        // As DataLoader.Count has it.
        var batches = (count.Size, size.Size, dropsLast) switch
        {
            ({ } n, > 0 and var each, true) => Dim.Of(n / each),
            ({ } n, > 0 and var each, _) when dropsLast == false || n % each == 0 => Dim.Of((n + each - 1) / each),
            _ => Dim.Unknown,
        };
        return new(columns, batches) { AreBatches = true, Type = Type, Loader = loader };
    }
}

/// <summary>What is done to each picture of a data set.</summary>
/// <param name="Op">What one transform does; null for several.</param>
/// <param name="Parts">The transforms that are done one after the other.</param>
internal sealed class Transform(Op? op, Arguments arguments, IOperation made, IReadOnlyList<Value> parts) : Value
{
    public Op? Op => op;
    public Arguments Arguments => arguments;

    /// <summary>What makes it.</summary>
    public IOperation Made => made;
    public IReadOnlyList<Value> Parts => parts;
}
