using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>The loss adds up over the batch, and SGD with a rate that stays takes steps as much longer.</summary>
internal sealed class NN4023_SummedLoss() : Rule("NN4023", RuleLevel.Advice, Category.Training, RuleSource.Peers,
    "Loss summed over the batch",
    "The loss adds up over {0}: its gradient, and with it every step of SGD, grows with the batch; the mean does not")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from backward in site.Of(EventKind.Backward)
        let summed = SummedLoss.Of((Step)backward.Subject)
        where summed?.Loss.Syntax is not null && IsFixed(site)
            && !project.IsSpecial(summed.Loss) && !project.IsNamed(summed.Loss) && summed.Given.Shape is { Rank: > 0 } shape
            && shape.Dims[0].Size != 1 && project.GradientsOf(site).Passes(summed.Loss)
        select Mend(At(summed.Loss.Syntax!, summed.Given.Shape), summed.Loss);

    private static bool IsFixed(TrainingSite site) =>
        site.Of(EventKind.Step).Select(e => e.Subject as Optimizer).Distinct().ToList() is [{ Kind: "SGD", Rate: not null } optimizer]
        && !site.SchedulersOf(optimizer).Any() && !site.Of(EventKind.Clip).Any() && !site.Of(EventKind.SetRate).Any();

    private static Finding Mend(Finding finding, Step loss)
    {
        const string title = "Use the mean";
        return loss.Role == Role.Reduction ? finding.Fix(title, Edit.Rename(loss, "mean", "mean"))
            : loss.Arguments["reduction"].Operation.Syntax is ArgumentSyntax { Expression: MemberAccessExpressionSyntax { Name: var sum } }
            && loss.Layer?.IsMadeRepeatedly != true ? finding.Fix(title, Edit.Replace(sum, "Mean")) : finding;
    }
}
