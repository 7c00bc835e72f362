using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>Cross-entropy over one logit is always 0: the softmax inside it has nothing to choose from.</summary>
internal sealed class NN1013_OneOutputForClasses() : Rule("NN1013", RuleLevel.Proven, Category.Architecture, RuleSource.Peers,
    "Cross-entropy over one output",
    "{0} of {1} is always 0: with one output there is only one class to choose; a yes or no needs BCEWithLogitsLoss")
{
    public override IEnumerable<Finding> Check(LossUse use, ProjectGraph project)
    {
        // Of a softmax over one value NN1011 speaks.
        if (!use.IsOverOneClass || use.Loss is not { Syntax: { } place, Conditional: false }
            || use.Ends.Any(e => NN1011_SoftmaxOverOne.IsOverOne(e.Last))) yield break;
        var finding = At(place, use.Op.Name, use.Prediction!.Shape);
        yield return Edit.RenameLoss(use.Loss, "BCEWithLogitsLoss", "binary_cross_entropy_with_logits") is { } renamed
            && place is InvocationExpressionSyntax { ArgumentList.Arguments: [{ NameColon: null } prediction, { NameColon: null } target] }
            ? finding.Fix("Use BCEWithLogitsLoss, with targets shaped like the output", renamed,
                Edit.Replace(target.Expression,
                $"{Edit.Receiver(target.Expression)}.to_type({Edit.Receiver(prediction.Expression)}.dtype)"
                + $".view_as({prediction.Expression})"))
            : finding;
    }
}
