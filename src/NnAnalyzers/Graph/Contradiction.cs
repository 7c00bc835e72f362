using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>Two sizes that must agree and cannot, whatever the symbols in them stand for.</summary>
/// <param name="Expects">What the step needs, for a message.</param>
/// <param name="Gets">What it is given.</param>
/// <param name="Parameter">The layer's parameter that says what it needs.</param>
/// <param name="Actual">What it would have to say.</param>
/// <param name="ClassAxis">Where the prediction has the classes that the loss wants on its second axis.</param>
internal sealed record Contradiction(string Expects, string Gets, string? Parameter = null, Dim Actual = default, int? ClassAxis = null)
{
    /// <summary>Null if the sizes fit or are not known.</summary>
    public static Contradiction? Of(Step step)
    {
        if (step.Kind != StepKind.Operation || step.Input is not { } input) return null;
        var shape = input.Shape;
        var name = Name(step);
        Contradiction? Reads(long axis, string what) =>
            step.Layer is { In: { IsKnown: true } wants } && shape.At(axis) is { IsKnown: true } has && wants.SurelyDiffersFrom(has)
                ? new($"{name} expects {wants} {what}", Gives(input, has), step.Op.In, has) : null;
        switch (step.Role)
        {
            case Role.Linear or Role.Recurrent or Role.Attention when shape.Dims.Length > 0 && shape.Rank != 0:
                return Reads(-1, "features");
            case Role.Convolution or Role.TransposedConvolution when shape.HasRank:
                if (shape.Rank != step.Op.SpatialAxes + 2 && shape.Rank != step.Op.SpatialAxes + 1)
                    return new($"{name} expects {step.Op.SpatialAxes + 2} axes", $"{Source(input)} has shape {shape}");
                return Reads(-step.Op.SpatialAxes - 1, "channels") ?? Window(step, name, input);
            case Role.Pooling when step.Op.SpatialAxes > 0:
                return Window(step, name, input);
            case Role.Normalization when step.Op.Name == "LayerNorm" && step.Arguments.TryGetValue("normalized_shape", out var wanted):
                var sizes = wanted.Value is Items { IsComplete: true } items ? items.Elements.Select(e => e.Dim).ToList()
                    : [wanted.Value.Dim];
                for (var i = 1; i <= sizes.Count; i++)
                    if (sizes[sizes.Count - i] is var size && shape.At(-i) is { IsKnown: true } has && size.SurelyDiffersFrom(has))
                        return new($"{name} expects last axes ({string.Join(", ", sizes)})", $"{Source(input)} has shape {shape}",
                            sizes.Count == 1 ? "normalized_shape" : null, has);
                return null;
            case Role.Normalization when shape.Rank >= 2:
                return Reads(1, step.Op.Name == "GroupNorm" ? "channels" : "features");
            case Role.Matmul when step.Op.Name == "matmul" && step.Inputs is [var left, var right] && left.Shape.Rank >= 1
                && right.Shape.Rank >= 2:
                return left.Shape.At(-1).SurelyDiffersFrom(right.Shape.At(-2)) && left.Shape.At(-1).IsKnown
                    ? new($"matmul of {left.Shape} expects {left.Shape.At(-1)} rows", $"{Source(right)} has shape {right.Shape}") : null;
            case Role.Arithmetic when step.Op.Shape == ShapeFunctions.Broadcast && step.Inputs is [var a, var b]:
                for (var i = 1; i <= Math.Min(a.Shape.Dims.Length, b.Shape.Dims.Length); i++)
                    if (a.Shape.At(-i) is { Size: not 1 } x && b.Shape.At(-i) is { Size: not 1 } y && x.Size is not null
                        && y.Size is not null && x.SurelyDiffersFrom(y))
                        return new($"{step.Op.Name} needs equal sizes, or one of them 1", $"{a.Shape} and {b.Shape} differ in {x} and {y}");
                return null;
            case Role.Join when step.Op.Name == "cat" && ShapeFunctions.AxisOf(step.Applied) is { } axis:
                return Joined(step, axis);
            case Role.Reshape when step.Op.Name is "view" or "reshape" && ShapeFunctions.Target(step.Applied) is { } target
                && target.All(d => d.IsKnown && d.Size != -1) && shape.HasRank:
                var (all, asked) = (Shape.Product(shape.Dims), Shape.Product(target));
                // Symbols of the two sides must cancel: what is left is then sure.
                return all.Content is > 0 and var given && asked.Content is > 0 and var needed && given != needed
                    && all.ExactlyBy(Dim.Of(given)).Equals(asked.ExactlyBy(Dim.Of(needed)))
                    ? new($"{name} asks for {Shape.Of(target)}", $"{Source(input)} has shape {shape}, another number of values") : null;
            case Role.Loss:
                return LossSides.Of(step);
            default:
                return null;
        }
    }

    private static Contradiction? Joined(Step step, long dim)
    {
        var known = step.Inputs.Where(i => i.Shape.HasRank).ToList();
        for (var i = 1; i < known.Count; i++)
        {
            if (known[i].Shape.Rank != known[0].Shape.Rank)
                return new("cat needs tensors of as many axes",
                    $"{known[0].Shape} and {known[i].Shape} have {known[0].Shape.Rank} and {known[i].Shape.Rank}");
            if (known[0].Shape.Normalize(dim) is not { } axis) return null;
            for (var d = 0; d < known[0].Shape.Rank; d++)
                if (d != axis && known[0].Shape.Dims[d] is { Size: not null } a && known[i].Shape.Dims[d] is { Size: not null } b
                    && a.SurelyDiffersFrom(b))
                    return new($"cat along axis {axis} needs all other sizes equal",
                        $"{known[0].Shape} and {known[i].Shape} differ in axis {d}");
        }
        return null;
    }

    private static Contradiction? Window(Step step, string name, Step input) =>
        step.Role is Role.Convolution or Role.Pooling && ShapeFunctions.WindowTooLarge(step.Applied) is var (has, needs)
        ? new($"{name} needs at least {needs} values along each axis", $"{Source(input)} has {has}") : null;

    private static string Name(Step step) =>
        step.Layer is { } layer && layer.Name != layer.Op.Name ? $"{layer.Name} ({step.Op.Name})" : step.Op.Name;

    /// <summary><c>flatten(1)</c>: the call as it is written, if it is short.</summary>
    private static string Written(Step step) =>
        step.Layer is null && step.Syntax is InvocationExpressionSyntax { ArgumentList: { } arguments } call
        && (call.Expression as MemberAccessExpressionSyntax)?.Name.ToString() + arguments is { Length: <= 40 } text && !text.Contains('\n')
        ? text : step.Op.Name;

    private static string Source(Step step) => step.Kind == StepKind.Input ? $"its input {step.Name}" : Name(step);

    private static string Gives(Step input, Dim has) =>
        input is { Kind: StepKind.Operation, Input: { Shape.HasRank: true } before } && input.Role is Role.Reshape
        ? $"{Written(input)} of {before.Shape} gives {(has.Size is null && has.Content > 1 ? $"a multiple of {has.Content}" : has)}"
        : input.Shape.HasRank ? $"{Source(input)} has shape {input.Shape}" : $"{Source(input)} gives {has}";
}
