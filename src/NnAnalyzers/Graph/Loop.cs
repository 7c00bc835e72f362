using Microsoft.CodeAnalysis;
using NnAnalyzers.Shapes;

namespace NnAnalyzers.Graph;

/// <summary>A loop while it runs. One that is come to twice, from two callers or in two rounds of another, is two loops.</summary>
/// <param name="outer">The loop around it, through calls.</param>
/// <param name="trips">How often it turns where nothing leaves it; unknown if nothing tells.</param>
internal sealed class Loop(IOperation operation, Loop? outer, Dim trips)
{
    public IOperation Operation => operation;
    public Loop? Outer => outer;
    public Dim Trips => trips;

    /// <summary>How many loops are around it, with itself.</summary>
    public int Depth { get; } = (outer?.Depth ?? 0) + 1;

    /// <summary>A break, a return or a second condition may end it before.</summary>
    public bool EndsEarly { get; set; }

    /// <summary>The tensors, or several of them, that a turn leaves in variables from outside for the next one.</summary>
    public Dictionary<ISymbol, Value> Keeps { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>The data set or loader that it goes through; null for anything else.</summary>
    public Samples? Over { get; set; }

    /// <summary>The time of the state when it was entered.</summary>
    public int Start { get; init; }

    /// <summary>Its rounds were read one after the other, not one for all.</summary>
    public bool IsUnrolled { get; init; }

    /// <summary>This loop and those around it, innermost first.</summary>
    public static IEnumerable<Loop> From(Loop? loop)
    {
        for (; loop is not null; loop = loop.Outer) yield return loop;
    }
}
