using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>A softmax stands where a hidden layer has its activation.</summary>
internal sealed class NN1012_HiddenSoftmax() : Rule("NN1012", RuleLevel.Advice, Category.Architecture, RuleSource.Peers,
    "Softmax between hidden layers",
    "{0} between {1} and {2} leaves little of the signal: all units together give 1")
{
    public override IEnumerable<Finding> Check(Network network, ProjectGraph project) => !project.Trains ? []
        : from link in Link.Of(network)
          // Weights without a bias look up what is behind the probabilities.
          where link.Next.Layer!.HasBias == true && link.Between.Count(s => s.Role is Role.Softmax or Role.Activation) == 1
          let softmax = link.Between.FirstOrDefault(s => s is { Op.Name: "Softmax", Syntax: not null })
          where softmax is not null && !network.AllSteps.Any(s => s.Step.Role is Role.Matmul or Role.Attention)
          select At(softmax.Syntax!, softmax.Name, link.First.Layer!.Label, link.Next.Layer!.Label)
              .Fix("Replace it by ReLU", Edit.Rename(softmax, "ReLU", "relu", isAlone: true));
}
