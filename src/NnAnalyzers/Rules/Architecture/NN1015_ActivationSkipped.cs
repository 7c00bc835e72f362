using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>A hidden layer has no activation, though its siblings have one.</summary>
internal sealed class NN1015_ActivationSkipped() : Rule("NN1015", RuleLevel.Advice, Category.Architecture, RuleSource.Peers,
    "Hidden layer without the activation of its siblings",
    "{0} goes into {1} without an activation; the other hidden layers of its kind have {2}")
{
    public override IEnumerable<Finding> Check(Network network, ProjectGraph project)
    {
        if (!project.Trains) return [];
        var links = Link.Of(network).ToList();
        return from link in links
               where link is { IsActivated: false, IsNoFactorization: true, IsByDesign: false } && !NN1007_MissingNonlinearity.IsOne(link)
               where link.Between.All(s => s.Role is Role.Dropout or Role.Reshape or Role.Identity or Role.Pooling || IsNorm(s))
               let siblings = links.Where(l => l != link && l.First.Op == link.First.Op).ToList()
               let activation = siblings.FirstOrDefault(l => l.Activation is not null)?.Activation
               where activation is not null && siblings.Count(l => l.IsActivated) >= siblings.Count(l => !l.IsActivated) + 1
               let behind = link.Between.LastOrDefault(IsNorm) ?? link.First
               select At(link.First.Syntax!, link.First.Layer!.Label, link.Next.Layer!.Label, activation.Op.Name)
                   .Near("the next layer", link.Next).Near("the activation of another one", activation)
                   .Fix($"Insert {activation.Op.Name}", Edit.Activate(behind, activation.Op.Name));
    }

    private static bool IsNorm(Step step) => step is { Role: Role.Normalization, Layer: not null };
}
