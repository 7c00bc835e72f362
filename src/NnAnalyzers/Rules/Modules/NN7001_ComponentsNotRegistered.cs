using Microsoft.CodeAnalysis;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>A module has layers and never registers them, and nobody does it for it.</summary>
internal sealed class NN7001_ComponentsNotRegistered() : Rule("NN7001", RuleLevel.Likely, Category.Modules, RuleSource.TorchSharp,
    "Layers are not registered", "{0} has {1} and never registers what it has: nothing of it is trained, saved or moved{2}")
{
    /// <summary>What an optimizer is to teach must know its parameters itself.</summary>
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from creation in site.Of(EventKind.CreateOptimizer)
        from model in ((Optimizer)creation.Subject).Models.Distinct()
        where site.IsOnItsOwn(model)
        from finding in About(model, "", project)
        select finding;

    /// <summary>A Sequential asks its elements for their parameters, and registers nothing for them.</summary>
    public override IEnumerable<Finding> Check(Network network, ProjectGraph project) =>
        from part in network.Membership?.Members.Where(m => m.IsInSequential).Select(m => m.Part)
            ?? network.Layers.Where(l => network.Container is not null && l != network.Container)
        where part is Layer { Creation: not null }
        from finding in About((Layer)part, "; a Sequential does not do it for its elements", project)
        select finding;

    private IEnumerable<Finding> About(Layer module, string why, ProjectGraph project)
    {
        if (module.Type is not { } type || project.NetworkOf(type) is not { Membership: { Registers: false, RegistersByName: false } known,
            Type: { } own }) yield break;
        var parts = known.Members.Where(m => m.Standing == Standing.Never && (m.Part is not Layer layer || project.HasState(layer)))
            .ToList();
        if (parts.Count == 0 || Edit.ConstructorsOf(own).Cast<SyntaxNode>().Concat(own.DeclaringSyntaxReferences.Select(r =>
            r.GetSyntax())).FirstOrDefault() is not { } place) yield break;
        // A class derived from it would have its own layers registered too early.
        var isBase = project.NetworksReaching(place.SyntaxTree).Any(n => SymbolEqualityComparer.Default.Equals(
            n.Type?.BaseType?.OriginalDefinition, own));
        yield return At(place, own.Name, parts[0].Field?.Name ?? parts[0].Path, why)
            .Near("what it has", (parts[0].Part as Layer)?.Syntax ?? (parts[0].Part as Step)?.Syntax)
            .Fix("Register its layers", isBase ? null : Edit.Register(own));
    }
}
