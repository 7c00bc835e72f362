using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>Hidden layers of a deep feed-forward network end in an activation whose slope dies away on both sides.</summary>
internal sealed class NN1006_SaturatingHiddenActivation() : Rule("NN1006", RuleLevel.Likely, Category.Architecture, RuleSource.Article,
    "Saturating activation between hidden layers",
    "{0} between {1} and {2}: its slope dies away on both sides, and with every such layer less of the gradient gets through")
{
    /// <summary>Two layers with one activation between them learn well with any.</summary>
    private const int Deep = 3;

    public override IEnumerable<Finding> Check(LossUse use, ProjectGraph project) =>
        !use.IsSupervised || project.IsSpecial(use) ? []
            : from end in use.Ends
              let spine = Topology.Of(end)
              where spine is not null && spine.Layers.Count() >= Deep && !project.IsLoaded(end.Network!)
              let hidden = spine.HiddenActivations.ToList()
              from step in hidden
              where step is { Op.Name: "Sigmoid" or "Tanh", Syntax: not null } && !spine.IsBottleneck(spine.Before(step)!)
              select At(step.Syntax!, step.Op.Name, spine.Before(step)!.Layer!.Label, spine.After(step)!.Layer!.Label)
                  .Fix("Use ReLU", spine.IsOnly(step.Layer, hidden) ? Edit.Rename(step, "ReLU", "relu") : null);
}
