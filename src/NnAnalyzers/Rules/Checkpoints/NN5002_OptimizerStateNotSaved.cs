using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>Training goes on from saved weights, and what the optimizer remembers is not saved with them.</summary>
internal sealed class NN5002_OptimizerStateNotSaved() : Rule("NN5002", RuleLevel.Likely, Category.Checkpoints, RuleSource.Article,
    "Optimizer state not saved", "{0} is saved and picked up again without the state of {1}: a resumed run starts with an empty {2}")
{
    private const string State = ".optimizer";

    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from resumed in Resumption.In(site)
        where !site.Of(EventKind.SaveOptimizer).Any() && site.Never(EventKind.SaveOptimizer, resumed.Optimizer) == true
        && !Saver.MadeBefore(resumed.Creation, site).Any() // else NN5001 speaks
        let save = resumed.Save.Operation.Syntax
        let restore = resumed.Restorable
        let name = Scope.OptimizerAt(resumed.Creation, save)
        let finding = At(save, resumed.Model, name ?? "the optimizer", resumed.Optimizer).Near("the optimizer", resumed.Creation)
            .Near("where the weights come back", resumed.Load)
        select name is null || Scope.OptimizerAt(resumed.Creation, restore) is null
            || Scope.TextAt(resumed.Save.Arguments[0].Operation, save) is not { } saved
            || Scope.TextAt(resumed.Load.Arguments[0].Operation, restore) is not { } loaded ? finding
            : finding.Fix($"Save the state of {name} and restore it",
            Edit.Then(save, $"{name}.save_state_dict({Edit.Suffixed(saved, State)});"),
            Edit.Restore(restore, name, Edit.Suffixed(loaded, State)));
}
