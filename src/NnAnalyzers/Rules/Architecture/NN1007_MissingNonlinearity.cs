using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>Two linear layers follow each other with nothing between: together they are one.</summary>
internal sealed class NN1007_MissingNonlinearity() : Rule("NN1007", RuleLevel.Likely, Category.Architecture, RuleSource.Peers,
    "Linear layers without an activation between",
    "{0} and {1} follow each other without an activation; the two can do no more than one layer")
{
    public override IEnumerable<Finding> Check(Network network, ProjectGraph project) => !project.Trains ? []
        : from link in Link.Of(network)
          where IsOne(link)
          select At(link.First.Syntax!, link.First.Layer!.Label, link.Next.Layer!.Label).Near("the next layer", link.Next)
              .Fix("Insert ReLU", Edit.Activate(link.First, "ReLU"));

    /// <summary>Whether the two are one linear map, and not meant to be its two factors.</summary>
    public static bool IsOne(Link link) =>
        link is { IsPointwise: true, IsNoFactorization: true }
        && link.Between.All(s => s.Role is Role.Dropout or Role.Reshape or Role.Identity);
}
