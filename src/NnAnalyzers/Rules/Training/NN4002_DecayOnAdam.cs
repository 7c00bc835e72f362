using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>The rate of an optimizer that adapts its steps itself is lowered as training goes on.</summary>
internal sealed class NN4002_DecayOnAdam() : Rule("NN4002", RuleLevel.Advice, Category.Training, RuleSource.Article,
    "Learning rate decay on Adam", "{0} lowers the rate of {1}, which adapts its steps itself")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from creation in site.Of(EventKind.CreateOptimizer)
        let optimizer = (Optimizer)creation.Subject
        where OptimizerCatalog.Optimizer(optimizer.Kind)?.IsAdam == true && optimizer.Kind != "AdamW" && !site.IsTuned(optimizer)
        from finding in Schedulers(optimizer, site).Concat(ByHand(optimizer, site))
        select finding;

    private IEnumerable<Finding> Schedulers(Optimizer optimizer, TrainingSite site) =>
        from creation in site.Of(EventKind.CreateScheduler)
        let scheduler = (Scheduler)creation.Subject
        where scheduler.Optimizer == optimizer && !creation.Conditional
        && site.SchedulersOf(optimizer).All(s => Schedules.IsPlainDecay(s.Settings) == true)
        let steps = site.Of(EventKind.StepScheduler).Where(e => e.Subject == scheduler).ToList()
        where steps.Count > 0
        select At(creation.Operation.Syntax, scheduler.Kind, optimizer.Kind).Near("the optimizer", optimizer.Creation?.Syntax)
            .Fix("Keep the rate", Edit.DeleteVariable(creation.Declaration, steps.Select(s => s.Statement).Distinct()));

    private IEnumerable<Finding> ByHand(Optimizer optimizer, TrainingSite site) =>
        from change in site.Of(EventKind.SetRate)
        where change.Subject == optimizer && change is { Conditional: false, Statement: not null }
        && TrainingSite.FactorOf(change) is > 0 and < 1 && change.Loops.Any(l => l.Trips.Size is not 1)
        && !site.SchedulersOf(optimizer).Any()
        let finding = At(change.Operation.Syntax, "This", optimizer.Kind).Near("the optimizer", optimizer.Creation?.Syntax)
        // What a variable of the program's own is changed for, besides, is not known.
        select change.Arguments.First is CurrentRate ? finding.Fix("Keep the rate", Edit.Delete(Edit.Whole(change.Statement!))) : finding;
}
