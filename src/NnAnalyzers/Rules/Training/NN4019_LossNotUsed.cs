using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>A loss is computed in a training step, and nothing uses what comes out.</summary>
internal sealed class NN4019_LossNotUsed() : Rule("NN4019", RuleLevel.Advice, Category.Training, RuleSource.Peers,
    "Loss not used", "{0} is computed in a training step and not used: nothing is learned from it")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from loss in site.Of(EventKind.Loss)
        let step = (Step)loss.Subject
        let round = site.TrainingAround(loss)
        where round is not null && round.Own(EventKind.Step).Any() && !step.When.IsPrediction && step.Users.Count == 0 && !step.IsReadOut
        && !site.Of(EventKind.Backward).Any(b => b.Subject == step) && loss.Operation.Syntax is ExpressionSyntax
        && (loss.Operation.Syntax.Parent is ExpressionStatementSyntax || Scope.IsNeverRead(loss.Operation))
        select At(loss.Operation.Syntax, step.Name);
}
