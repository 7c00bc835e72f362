using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>Losses are added up or collected as tensors, each with the graph it was computed by.</summary>
internal sealed class NN4010_LossKeepsGraph() : Rule("NN4010", RuleLevel.Advice, Category.Training, RuleSource.Peers,
    "Loss keeps its graph", "{0} keeps {1} with the graph it was computed by, of every round")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from round in site.Rounds
        from backward in round.Own(EventKind.Backward)
        let loss = (Step)backward.Subject
        where loss.When.Loop == round.Loop && !loss.When.StopsGradients && round.Next(EventKind.Step, backward) is not null
        from kept in Sums(site, loss, round).Concat(Lists(round, loss))
        select At(kept.Place, kept.Keeper, kept.Written.ToString())
            .Fix("Keep its value only", Edit.Calculate(kept.Written, "{0}.detach()"));

    /// <summary>What adds the loss to a variable from outside of the loop.</summary>
    private static IEnumerable<(SyntaxNode Place, string Keeper, ExpressionSyntax Written)> Sums(TrainingSite site, Step loss,
        Round round) =>
        from sum in loss.Users
        where sum.Op.Name == "add" && !sum.When.StopsGradients
        && !site.Of(EventKind.Backward).Any(b => TrainingSite.IsTaughtBy((Step)b.Subject, sum))
        let assigned = Scope.AssignmentOf(sum.Operation)
        where assigned is not null && round.Keeps(Scope.SymbolOf(assigned.Target)) == sum
        let written = sum.Operation switch
        {
            ICompoundAssignmentOperation whole => whole.Value.Syntax,
            IBinaryOperation binary => (sum.Arguments.ValueOf("left") == loss ? binary.LeftOperand : binary.RightOperand).Syntax,
            _ => null,
        } as ExpressionSyntax
        where written is not null
        select (assigned.Syntax, assigned.Target.Syntax.ToString(), written);

    private static IEnumerable<(SyntaxNode Place, string Keeper, ExpressionSyntax Written)> Lists(Round round, Step loss) =>
        from collect in round.Of(EventKind.Collect)
        where collect.Arguments.First == loss && !Loop.From(collect.Subject.MadeIn).Contains(round.Loop)
        let written = (collect.Operation.Syntax as InvocationExpressionSyntax)?.ArgumentList.Arguments.FirstOrDefault()?.Expression
        where written is not null
        let list = ((collect.Operation.Syntax as InvocationExpressionSyntax)!.Expression as MemberAccessExpressionSyntax)?.Expression
        select (collect.Operation.Syntax, list?.ToString() ?? "A list", written);
}
