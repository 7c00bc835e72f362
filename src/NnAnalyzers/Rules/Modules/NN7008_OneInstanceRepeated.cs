using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>One layer stands in several places of a network, which all share its weights.</summary>
internal sealed class NN7008_OneInstanceRepeated() : Rule("NN7008", RuleLevel.Likely, Category.Modules, RuleSource.Peers,
    "One layer in several places", "{0} is one layer in several places, which share its weights")
{
    public override IEnumerable<Finding> Check(Network network, ProjectGraph project) =>
        from repeated in network.MakingEvents
        where repeated.Kind == EventKind.Repeat
        let layer = (Layer)repeated.Subject
        where network.Membership?.Of(layer) is { } member && !SharingNames.IsIn(member.Field?.Name ?? "")
        from finding in About(repeated, layer, project)
        select finding;

    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from repeated in site.Of(EventKind.Repeat)
        let layer = (Layer)repeated.Subject
        where site.Of(EventKind.Backward).Any() && project.AppliedBy(site).Any(n => n.Container is { Children: not null }
            && (n.Layers.Contains(layer) || n.AllSteps.Any(s => s.Step.Layer == layer)))
        from finding in About(repeated, layer, project)
        select finding;

    private IEnumerable<Finding> About(Event repeated, Layer layer, ProjectGraph project)
    {
        if (layer.IsSequential || layer.Children is not null || !project.HasState(layer)
            || SharingNames.IsIn(layer.Name) || Scope.HolderOf(layer.Creation!) is { } holder && SharingNames.IsIn(holder.Name))
            yield break;
        yield return At(repeated.Operation.Syntax, layer.Label).Fix("Make one for each place", Edit.OneEach(repeated.Operation));
    }
}
