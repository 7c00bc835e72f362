using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>A softmax's probabilities are compared with classes by squares or absolute values: sure mistakes hardly teach.</summary>
internal sealed class NN4015_RegressionLossForClasses() : Rule("NN4015", RuleLevel.Likely, Category.Training, RuleSource.Peers,
    "Regression loss between a softmax and classes",
    "{0} compares {1} with classes: where the network is sure and wrong its gradient dies away; cross-entropy on logits keeps it")
{
    public override IEnumerable<Finding> Check(LossUse use, ProjectGraph project) =>
        use is not { Op.Domain: LossDomain.AnyNumber, Target: { } target, Loss: { Syntax: { } place, PredictionOnly: false } }
            || !use.IsSupervised || !AreClasses(target) || project.IsNamed(use.Loss) ? []
            : (from end in use.Ends
               where Fit.Of(end.Last.Op) == Kind.Shares && end.Last.Syntax is not null && use.IsSure(end)
               let finding = At(place, use.Op.Name, end.Last.Name)
               // Cross-entropy has its classes on the second axis.
               select IsOverSecond(end.Last) && Elements.Of(target)?.IsFloating() != false && project.IsOnlyForLosses(end.Last, end.Network)
                   ? finding.Fix($"Remove {end.Last.Op.Name} and use CrossEntropyLoss", Edit.Unwrap(end.Last),
                       Edit.RenameLoss(use.Loss, "CrossEntropyLoss", "cross_entropy"))
                   : finding).Take(1);

    /// <summary>One-hot rows, however they were made.</summary>
    private static bool AreClasses(Step target) =>
        Chain.Back(target).TakeWhile(Chain.IsTransparent).Any(s => s.Op.Name is "scatter" or "scatter_")
        || Chain.Behind(target).Select(s => s.Step).ToList() is { Count: > 0 } sources && sources.All(s =>
            s.Op.Name is "one_hot" or "eye" || s.Op is { Name: "tensor", Role: Role.Source } && Elements.Of(s)?.IsFloating() == false);

    private static bool IsOverSecond(Step softmax) => Softmaxes.AxisOf(softmax) is { } axis
        && (axis == 1 || softmax.Input?.Shape.Normalize(axis) == 1);
}
