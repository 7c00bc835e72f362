using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>A schedule lowers the rate to nothing long before training ends.</summary>
internal sealed class NN4004_DecayedToNothing() : Rule("NN4004", RuleLevel.Proven, Category.Training, RuleSource.Article,
    "Learning rate decayed to nothing", "{0} leaves a thousandth of the rate after {1} of {2} steps: nothing is learned in the rest")
{
    /// <summary>Of the rate that training starts with.</summary>
    private const double Nothing = 1e-3, AtTheEnd = 0.1;

    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) => Schedulers(site).Concat(ByHand(site));

    private IEnumerable<Finding> Schedulers(TrainingSite site) =>
        from creation in site.Of(EventKind.CreateScheduler)
        let scheduler = (Scheduler)creation.Subject
        where Schedules.IsPlainDecay(scheduler.Settings) == true && scheduler.Optimizer is not null
        && site.SchedulersOf(scheduler.Optimizer).Count() == 1 && site.Never(EventKind.SetRate, scheduler.Optimizer) == true
        let steps = site.Times(EventKind.StepScheduler, creation)
        let rest = steps is null ? null : Schedules.ShareAfter(scheduler.Settings, steps.Value)
        where rest < Nothing
        let finding = At(creation.Operation.Syntax, scheduler.Kind, Schedules.StepsUntil(scheduler.Settings, Nothing, steps!.Value), steps)
        select scheduler.Settings["gamma"] is not { } gamma ? finding : finding.Fix("Leave a tenth of the rate at the end",
            Edit.SetNumber(creation.Operation, scheduler.Arguments["gamma"], Gentler(gamma, rest!.Value)));

    private IEnumerable<Finding> ByHand(TrainingSite site) =>
        from creation in site.Of(EventKind.CreateOptimizer)
        let changes = site.Of(creation.Subject).Where(e => e.Kind == EventKind.SetRate).ToList()
        where changes.Count == 1 && !site.SchedulersOf((Optimizer)creation.Subject).Any()
        let factor = TrainingSite.FactorOf(changes[0])
        where factor is > 0 and < 1
        let decay = new ScheduleSettings("ExponentialLR", ("gamma", factor.Value))
        let steps = site.Times(EventKind.SetRate, creation)
        where steps is not null && Schedules.ShareAfter(decay, steps.Value) < Nothing
        select At(changes[0].Operation.Syntax, "This", Schedules.StepsUntil(decay, Nothing, steps.Value), steps);

    /// <summary>The factor that, applied as often as one that leaves a rest, leaves a tenth; to two digits of what it takes away.</summary>
    private static double Gentler(double factor, double rest)
    {
        var gentler = Math.Pow(AtTheEnd, Math.Log(factor) / Math.Log(rest));
        return Math.Round(gentler, (int)Math.Min(15, 1 - Math.Floor(Math.Log10(1 - gentler))));
    }
}
