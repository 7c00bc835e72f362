using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>The optimizer's state is saved, and a resumed run does not load it, or loads it into one that it does not train with.</summary>
internal sealed class NN5004_ResumeWithoutOptimizerState() : Rule("NN5004", RuleLevel.Likely, Category.Checkpoints, RuleSource.Article,
    "Resumed without the optimizer's state", "{0} {1}: the run goes on with an empty {2}")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) => NeverLoaded(site).Concat(LoadedTooEarly(site));

    private IEnumerable<Finding> NeverLoaded(TrainingSite site) =>
        from resumed in Resumption.In(site)
        let saved = site.Of(EventKind.SaveOptimizer).FirstOrDefault(e => e.Subject == resumed.Optimizer)
        where saved is not null && !site.Of(EventKind.LoadOptimizer).Any() && site.Never(EventKind.LoadOptimizer, resumed.Optimizer) == true
        let finding = At(resumed.Load.Operation.Syntax, resumed.Model, "is loaded, and the state saved with it is not", resumed.Optimizer)
            .Near("the optimizer", resumed.Creation).Near("where its state is saved", saved)
        select saved.Arguments.Count == 0 || Scope.OptimizerAt(resumed.Creation, resumed.Restorable) is not { } name
            || Scope.TextAt(saved.Arguments[0].Operation, resumed.Restorable) is not { } file ? finding
            : finding.Fix($"Load the state of {name}", Edit.Restore(resumed.Restorable, name, file));

    /// <summary>State loaded into an optimizer that another takes the place of before the first step.</summary>
    private IEnumerable<Finding> LoadedTooEarly(TrainingSite site) =>
        from load in site.Of(EventKind.LoadOptimizer)
        let loaded = load.Subject as Optimizer
        where loaded is not null && site.Never(EventKind.Step, loaded) == true
        from creation in site.Of(EventKind.CreateOptimizer)
        let trained = (Optimizer)creation.Subject
        where creation.Order > load.Order && trained != loaded && trained.Kind == loaded.Kind
        && trained.Models.Intersect(loaded.Models).Any() && site.Never(EventKind.LoadOptimizer, trained) == true
        && site.Of(trained).Any(e => e.Kind == EventKind.Step)
        && CodePath.Of(load.When.Path, creation.When.Path) is not null
        select At(load.Operation.Syntax, "The state", "is loaded into an optimizer that is replaced before it steps", trained)
            .Near("the optimizer that steps", creation);
}
