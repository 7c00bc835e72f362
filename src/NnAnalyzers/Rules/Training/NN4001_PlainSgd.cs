using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>Gradient descent without momentum trains a network of several layers.</summary>
internal sealed class NN4001_PlainSgd() : Rule("NN4001", RuleLevel.Likely, Category.Training, RuleSource.Article,
    "SGD without momentum", "{0} trains {1} without momentum: one rate for all parameters, and slow where they differ in scale")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from creation in site.Of(EventKind.CreateOptimizer)
        let optimizer = (Optimizer)creation.Subject
        where optimizer.Kind == "SGD" && optimizer["momentum"] == 0 && !creation.Conditional && optimizer.Rate is not null
        && !site.IsTuned(optimizer)
        let network = project.TrainedBy(optimizer, site).FirstOrDefault(n => n.IsDeep)
        where network is not null
        select At(creation.Operation.Syntax, optimizer.Kind, network.Name).Fix("Train with Adam", Edit.Recall(creation.Operation, "Adam",
            [Edit.Written(optimizer.Arguments[0]), "lr: 1e-3", Edit.Written(optimizer.Arguments["weight_decay"], named: true)]));
}
