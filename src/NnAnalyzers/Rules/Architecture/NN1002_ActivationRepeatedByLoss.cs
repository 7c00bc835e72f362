using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>The loss applies the activation itself, or wants the values before one of another kind.</summary>
internal sealed class NN1002_ActivationRepeatedByLoss() : Rule("NN1002", RuleLevel.Proven, Category.Architecture, RuleSource.Article,
    "Activation repeated by the loss",
    "{0} before {1} {2} ({3})")
{
    public override IEnumerable<Finding> Check(LossUse use, ProjectGraph project) =>
        use.IsOverOneClass || use.Loss.PredictionOnly ? [] // NN1013 speaks
            : from end in use.Ends
              let last = end.Last
              where last.Syntax is not null && use.IsSure(end) && !last.PredictionOnly
              && !(last.Role == Role.Softmax && end.Half is not null) // told below
              let problem = Problem(last.Op, end.Domain)
              where problem is not null
              select Mend(At(last.Syntax!, last.Op.Name, (end.Half ?? use.Loss).Op.Name, problem, Chain.Path(end, use)), end, use, project);

    /// <summary>What is wrong with an activation right before a loss; null if the two fit.</summary>
    private static string? Problem(Op activation, LossDomain loss) => (activation.Name, loss) switch
    {
        ("Softmax" or "LogSoftmax" or "Softmax2d", LossDomain.Logits) =>
            "is applied a second time inside the loss, which flattens its gradient",
        ("Sigmoid" or "LogSigmoid", LossDomain.Logits) => "squeezes the logits into a range in which no class can win clearly",
        ("Sigmoid" or "LogSigmoid", LossDomain.BinaryLogits) => "is applied a second time inside the loss, which cannot get near 0",
        ("Softmax" or "LogSoftmax" or "Softmax2d", LossDomain.BinaryLogits) =>
            "makes the classes compete, then the loss squeezes them again",
        ("Softmax" or "Softmax2d", LossDomain.Probabilities) => "makes the classes compete where the loss takes each by itself",
        ("Softmax" or "Softmax2d", LossDomain.LogProbabilities) => "gives probabilities, and the loss takes their logarithms",
        _ => null,
    };

    private static Finding Mend(Finding finding, LossEnd end, LossUse use, ProjectGraph project)
    {
        var last = end.Last;
        // What a nested block does to its output, it does for all who use it.
        if (end.Network is not null && !end.Network.Steps.Contains(last) || !project.IsOnlyForLosses(last, end.Network)) return finding;
        if (end.Domain == LossDomain.LogProbabilities)
            return finding.Fix("Take the logarithm: LogSoftmax", Edit.Rename(last, "LogSoftmax", "log_softmax"));
        // The losses on logits have the activation inside; binary cross-entropy on probabilities wants its own.
        return end.Domain == LossDomain.Probabilities ? finding
            : finding.Fix($"Remove {last.Op.Name}; {(end.Half ?? use.Loss).Op.Name} takes logits", Edit.Unwrap(last));
    }

    public override IEnumerable<Finding> Check(Network network, ProjectGraph project) =>
        Twice(network.Steps, outer => Chain.Behind(outer.Input!));

    // A second one on one side of a branch may be there for other networks than this.
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        Twice(site.Steps, outer => outer.Conditional ? Chain.Behind(outer.Input!) : project.Behind(outer.Input!, site));

    /// <summary>A softmax of a softmax, with nothing between but reshapes and indexing.</summary>
    private IEnumerable<Finding> Twice(IEnumerable<Step> steps, Func<Step, IEnumerable<Source>> behind) =>
        from outer in steps
        where outer is { Role: Role.Softmax, Input: not null, PredictionOnly: false }
        let sources = behind(outer).ToList()
        from source in sources
        // Or whatever is picked, it is one.
        where outer.When.Path.Implies(source.Path) || sources.All(s => s.Step is { Role: Role.Softmax, Op.Name: "Softmax" })
        let inner = source.Step
        where inner is { Role: Role.Softmax, Op.Name: "Softmax", Syntax: not null, PredictionOnly: false }
        select At(inner.Syntax!, inner.Op.Name, outer.Op.Name, "is applied twice, and the second one can no longer tell the classes apart",
        $"{inner.Input?.Name ?? "…"} → {inner.Name} → {outer.Name}")
            .Fix($"Remove the first {inner.Op.Name}", Edit.Unwrap(inner));
}
