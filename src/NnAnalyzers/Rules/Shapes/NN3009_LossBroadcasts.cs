using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>An element-wise loss stretches its two sides to a common, larger shape and compares every sample with every other.</summary>
internal sealed class NN3009_LossBroadcasts() : Rule("NN3009", RuleLevel.Proven, Category.Shapes, RuleSource.Peers,
    "Loss that broadcasts its two sides",
    "{0} of {1} and {2} compares {3}; the best it can learn is the mean")
{
    public override IEnumerable<Finding> Check(LossUse use, ProjectGraph project)
    {
        if (use is not { Op.Domain: LossDomain.AnyNumber, Prediction: { } prediction, Target: { } target,
            Loss: { Syntax: { } place, Conditional: false } }) yield break;
        var (p, t) = (prediction.Shape, target.Shape);
        if (!p.HasRank || !t.HasRank || p.Dims.All(d => d.Size == 1) || t.Dims.All(d => d.Size == 1) || !IsStretched(p, t))
            yield break; // a single number may stand for all
        var finding =
            At(place, use.Op.Name, p, t, p.Rank != t.Rank ? "every prediction with every target" : "one prediction with several targets");
        yield return Mend(finding, use, place);
    }

    /// <summary>Whether the two broadcast to something larger than one of them, for sure.</summary>
    private static bool IsStretched(Shape p, Shape t)
    {
        var stretched = false;
        for (var i = 1; i <= Math.Max(p.Rank, t.Rank); i++)
        {
            var (a, b) = (i <= p.Rank ? p.At(-i) : Dim.Of(1), i <= t.Rank ? t.At(-i) : Dim.Of(1));
            if (!a.IsKnown || !b.IsKnown) return false;
            if (a.Size == 1 ^ b.Size == 1)
            {
                // A size that is not known may be 1, unless it is a batch.
                var other = a.Size == 1 ? b : a;
                if (other.Size is null && other.Symbol is not Axis { Index: 0 }) return false;
                stretched = true;
            }
            else if (a.Size is not null && b.Size is not null && a.Size != b.Size) return false; // throws: NN3003's
        }
        return stretched;
    }

    /// <summary>Takes the one axis too many from the side that has it.</summary>
    private static Finding Mend(Finding finding, LossUse use, Microsoft.CodeAnalysis.SyntaxNode place)
    {
        var (p, t) = (use.Prediction!.Shape, use.Target!.Shape);
        var (more, fewer, index) = p.Rank > t.Rank ? (p, t, 0) : (t, p, 1);
        if (more.Rank == fewer.Rank + 1 && use.Loss.Operation is IBinaryOperation difference)
        {
            var axis = Enumerable.Range(0, more.Rank).Where(i => more.Dims[i].Size == 1).ToList();
            var side = use.Loss.Inputs[index] == use.Loss.Arguments.ValueOf("left") ? difference.LeftOperand.Syntax
                : difference.RightOperand.Syntax;
            return axis.Count == 1 ? finding.Fix($"Squeeze axis {axis[0]} of the {(index == 0 ? "prediction" : "target")}",
                Edit.Replace(side, $"{Edit.Receiver((ExpressionSyntax)side)}.squeeze({axis[0]})")) : finding;
        }
        if (more.Rank != fewer.Rank + 1 || place is not InvocationExpressionSyntax { ArgumentList.Arguments: { Count: >= 2 } arguments }
            || arguments.Take(2).Any(a => a.NameColon is not null)) return finding;
        var axes = Enumerable.Range(0, more.Rank).Where(i => more.Dims[i].Size == 1).ToList();
        return axes.Count == 1
            ? finding.Fix($"Squeeze axis {axes[0]} of the {(index == 0 ? "prediction" : "target")}",
            Edit.Replace(arguments[index].Expression, $"{Edit.Receiver(arguments[index].Expression)}.squeeze({axes[0]})")) : finding;
    }
}
