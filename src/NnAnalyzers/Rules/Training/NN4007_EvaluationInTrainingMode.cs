using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>A network with dropout or batch normalization is asked for its answers while it is in training mode.</summary>
internal sealed class NN4007_EvaluationInTrainingMode() : Rule("NN4007", RuleLevel.Likely, Category.Training, RuleSource.TorchSharp,
    "Evaluation in training mode", "{0} is in training mode here: its {1}, and what comes out is read as its answer")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from model in Evaluation.In(site, project.Applied).Where(e => !e.IsMeant && !project.IsSpecial(e.Output) && e.IsInTrainingMode)
            .GroupBy(e => (e.Applied.Subject, MemberOf(e.Applied), e.RoundsBefore))
        let first = model.First()
        select At(first.Applied.Operation.Syntax, ((Layer)first.Applied.Subject).Name, Harm(project.Applied(first.Output)!))
            .Fix("Switch to evaluation mode for it (changes what comes out)", Mend(model.ToList()));

    private static string Harm(Network network) =>
        network.AllSteps.First(s => s.Step.DependsOnMode).Step.Op.Name.StartsWith("BatchNorm", StringComparison.Ordinal)
        ? "batch normalization takes the batch's statistics and keeps them" : "dropout drops values by chance";

    private static SyntaxNode? MemberOf(Event applied) => applied.Operation.Syntax.FirstAncestorOrSelf<SyntaxNode>(n =>
        n is MemberDeclarationSyntax and not GlobalStatementSyntax or LocalFunctionStatementSyntax);

    /// <summary>From the first to the last time in one method, with no training in between.</summary>
    private static IEnumerable<Edit>? Mend(IReadOnlyList<Evaluation> all)
    {
        var (first, last) = (all[0], all[all.Count - 1]);
        if (Scope.PlaceOf(first.Applied, first.Site.Trains) is not var (start, model)
            || Scope.PlaceOf(last.Applied, last.Site.Trains) is not var (end, other) || model != other) return null;
        return last.IsBeforeTraining ? Edit.Around(start, end, $"{model}eval();", $"{model}train();")
            : Edit.InsertBefore(start, $"{model}eval();");
    }
}
