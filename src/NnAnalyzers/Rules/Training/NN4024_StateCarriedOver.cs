using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>A state goes from round to round with the graph it was computed by: the second backward finds it freed.</summary>
internal sealed class NN4024_StateCarriedOver() : Rule("NN4024", RuleLevel.Likely, Category.Training, RuleSource.Peers,
    "State carried over with its graph", "{0} goes into the next round with its graph, which backward has freed by then: it throws")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from round in site.Rounds
        from backward in round.Own(EventKind.Backward)
        where !backward.KeepsGraph
        from applied in round.Of(EventKind.Apply)
        where applied.Order < backward.Order && !applied.When.StopsGradients && !backward.Conditional
        let step = site.Applied(applied)
        where step is not null && TrainingSite.IsTaughtBy((Step)backward.Subject, step)
        from given in applied.Arguments
        let variable = given.Operation is null ? null : Scope.SymbolOf(given.Operation)
        // What the turn itself put there before is not from the turn before.
        where variable is not null && !(given.Value is Step now && Loop.From(now.When.Loop).Contains(round.Loop))
        let next = round.Keeps(variable)
        where next is not null && TrainingSite.IsTaughtBy(next, step)
        let set = Scope.LastAssignment(variable, round.Loop!.Operation.Syntax)
        where set is not null
        select At(set.Value.Place, variable.Name).Near("where it comes in", applied).Fix("Detach it from the graph of this round",
            Edit.Detach(variable, set.Value, round.Loop!.Operation.Syntax));
}
