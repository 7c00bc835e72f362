using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>The prediction is forced into the target's shape: sizes agree afterwards, values need not.</summary>
internal sealed class NN3008_ReshapeHidesMismatch() : Rule("NN3008", RuleLevel.Likely, Category.Shapes, RuleSource.TorchSharp,
    "Reshape that hides a mismatch with the target",
    "{0} forces {1} into the target's {2} before {3}; axes that mean different things are compared")
{
    public override IEnumerable<Finding> Check(LossUse use, ProjectGraph project)
    {
        if (use is not { Target: { Shape.HasRank: true } target,
            Prediction: { Layer: null, Syntax: { } place, Input: { Shape.HasRank: true } before } reshape }
            || !TakesShapeOf(reshape, target)) yield break;
        var (from, to) = (Essential(before.Shape), Essential(target.Shape));
        // Axes of size 1 come and go without harm; anything not known may be in order.
        if (from.Concat(to).Any(d => !d.IsKnown) || Shape.Of(from).IsRegroupingOf(Shape.Of(to))
            || from.Count == to.Count && from.Zip(to, (a, b) => a.Equals(b) || !a.SurelyDiffersFrom(b)).All(same => same)) yield break;
        yield return At(place, reshape.Op.Name, before.Shape, target.Shape, use.Op.Name);
    }

    private static bool TakesShapeOf(Step reshape, Step target) =>
        reshape.Op.Name == "view_as" && reshape.Inputs.Count > 1 && reshape.Inputs[1] == target
        || reshape.Op.Name is "view" or "reshape" && reshape.Arguments.TryGetValue("shape", out var shape)
        && shape.Value is ShapeOf { Tensor: var of } && of == target;

    private static List<Dim> Essential(Shape shape) => shape.Dims.Where(d => d.Size != 1).ToList();
}
