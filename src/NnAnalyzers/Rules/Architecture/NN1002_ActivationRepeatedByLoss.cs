using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>The loss applies the activation itself, or wants the values before one of another kind.</summary>
internal sealed class NN1002_ActivationRepeatedByLoss() : Rule("NN1002", RuleLevel.Proven, Category.Architecture, RuleSource.Article,
    "Activation repeated by the loss", "{0} before {1} {2} ({3})")
{
    public override IEnumerable<Finding> Check(LossUse use, ProjectGraph project) =>
        use.IsOverOneClass || use.Loss.PredictionOnly ? [] // NN1013 speaks
            : from end in use.Ends
              let last = end.Last
              where last is { Syntax: not null, PredictionOnly: false } && use.IsSure(end)
              where last.Role != Role.Softmax || end.Half is null // of two, the first is told below
              let problem = Fit.Of(last.Op, end.Domain) is { Problem: var said } fit && fit.Rule == Id ? said : null
              where problem is not null
              select Mend(At(last.Syntax!, last.Op.Name, (end.Half ?? use.Loss).Op.Name, problem, Chain.Path(end, use)), end, use, project);

    private static Finding Mend(Finding finding, LossEnd end, LossUse use, ProjectGraph project) =>
        // What a nested block does to its output, it does for all who use it.
        end.Network?.Steps.Contains(end.Last) == false || !project.IsOnlyForLosses(end.Last, end.Network) ? finding : end.Domain switch
        {
            LossDomain.LogProbabilities or LossDomain.LogDistribution =>
                finding.Fix("Take the logarithm: LogSoftmax", Edit.Rename(end.Last, "LogSoftmax", "log_softmax")),
            LossDomain.Probabilities => finding, // which wants an activation, another one
            _ => finding.Fix($"Remove {end.Last.Op.Name}; {(end.Half ?? use.Loss).Op.Name} takes logits", Edit.Unwrap(end.Last)),
        };

    public override IEnumerable<Finding> Check(Network network, ProjectGraph project) =>
        Twice(network.Steps, outer => Chain.Behind(outer.Input!), project);

    // A second one that only some of the outputs get may be there for other networks than this.
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) => Twice(site.Steps, outer =>
        outer.Input!.When.Path.Implies(outer.When.Path) ? project.Behind(outer.Input, site) : Chain.Behind(outer.Input), project);

    /// <summary>A softmax of a softmax, with nothing between but reshapes and indexing.</summary>
    private IEnumerable<Finding> Twice(IEnumerable<Step> steps, Func<Step, IEnumerable<Source>> behind, ProjectGraph project) =>
        from outer in steps
        where outer is { Role: Role.Softmax, Input: not null, PredictionOnly: false }
        from inner in Chain.Sure(outer, behind(outer), s => s is { Role: Role.Softmax, Op.Name: "Softmax" })
        where inner is { Syntax: not null, PredictionOnly: false }
        let finding = At(inner.Syntax!, inner.Op.Name, outer.Op.Name,
            "is applied twice, and the second one can no longer tell the classes apart",
            $"{inner.Input?.Name ?? "…"} → {inner.Name} → {outer.Name}")
        // Who draws from the first one's probabilities needs them.
        select project.IsOnlyForLosses(inner, project.Networks.FirstOrDefault(n => n.Steps.Contains(inner)))
            ? finding.Fix($"Remove the first {inner.Op.Name}", Edit.Unwrap(inner)) : finding;
}
