using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>An operation of the graph as its shape function sees it.</summary>
/// <param name="layer">The layer that is applied; its own arguments hold the sizes.</param>
/// <param name="arguments">The layer's arguments, or those of the call.</param>
internal sealed class AppliedOp(Op op, Layer? layer, Arguments arguments, IReadOnlyList<Shape> inputs) : Applied
{
    public override string Name => op.Name;
    public override int SpatialAxes => op.SpatialAxes;
    public override Dim? Out => layer?.Out;
    public override IReadOnlyList<Shape> Inputs => inputs;

    public override IOperand? Find(string parameter) => arguments.ValueOf(parameter);

    public override (string Type, int ArrayRank)? Declared(string parameter) =>
        arguments.TryGetValue(parameter, out var argument) && argument.Operation is IArgumentOperation { Parameter.Type: var type }
            ? (type.Name, type is IArrayTypeSymbol array ? array.Rank : type is { Name: "IList" } ? 1 : 0) : null;
}
