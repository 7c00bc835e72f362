using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>A learning rate with which a network cannot learn: it jumps about, or stands still.</summary>
internal sealed class NN4003_LearningRateOutOfRange() : Rule("NN4003", RuleLevel.Likely, Category.Training, RuleSource.Article,
    "Learning rate out of range", "{0} with a learning rate of {1} {2}; 1e-3 is a rate to start from")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from creation in site.Of(EventKind.CreateOptimizer)
        let optimizer = (Optimizer)creation.Subject
        let rate = optimizer.Rate
        where rate is not null && site.Never(EventKind.SetRate, optimizer) == true && !site.IsTuned(optimizer)
        && site.SchedulersOf(optimizer).All(s => Schedules.IsPlainDecay(s.Settings) == true)
        let first = site.SchedulersOf(optimizer).Aggregate(rate.Value.Number, (r, s) => Schedules.RateAfter(s.Settings, r, 0))
        where first is not null
        let problem = Problem(optimizer, first.Value, site)
        where problem is not null && project.TrainedBy(optimizer, site).Any(n => n.IsDeep)
        select At(creation.Operation.Syntax, optimizer.Kind, Edit.NumberText(first.Value), problem)
            .Fix("Start from 1e-3", Edit.SetNumber(creation.Operation, rate, 1e-3));

    private static string? Problem(Optimizer optimizer, double rate, TrainingSite site) =>
        OptimizerCatalog.Optimizer(optimizer.Kind)!.IsAdam
            // docs/experiments.md: up to 0.05 three kinds of tasks are learned, with 0.1 not all, with 1 none.
            ? rate >= 0.1 ? "moves every weight by about as much in every step"
            : rate is > 0 and <= 1e-6 && !optimizer.Models.Any(m => site.Never(EventKind.Load, m) != true) ? "hardly moves a weight" : null
            // A step that goes on for 1 / (1 - momentum) steps; 0.1 with 0.9 is the recipe of residual networks.
            : optimizer.Kind == "SGD" && optimizer["momentum"] is >= 0 and < 1 and var momentum
            && (rate >= 1 || rate / (1 - momentum) > 1.01) ? "steps over what it looks for"
            + (momentum > 0 ? $": its momentum makes {rate / (1 - momentum):0.###} of it" : "") : null;
}
