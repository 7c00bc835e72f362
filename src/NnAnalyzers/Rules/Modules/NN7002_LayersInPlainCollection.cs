using Microsoft.CodeAnalysis;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>Layers in an array or a list of .NET: RegisterComponents looks at modules only.</summary>
internal sealed class NN7002_LayersInPlainCollection() : Rule("NN7002", RuleLevel.Likely, Category.Modules, RuleSource.TorchSharp,
    "Layers in a plain collection", "{0} is no module, so {1} in it {2} not registered: never trained, saved or moved")
{
    public override IEnumerable<Finding> Check(Network network, ProjectGraph project) =>
        from field in (network.Membership?.Members ?? []).Where(m => m.Standing == Standing.InCollection)
            .GroupBy(m => m.Field, SymbolEqualityComparer.Default)
        let kept = field.Where(m => m.Part is Layer layer && project.HasState(layer)
            && network.Steps.Any(s => s.Layer == layer && !s.When.StopsGradients)).ToList()
        where kept.Count > 0 && project.Trains && field.Key is not null
            && SymbolEqualityComparer.Default.Equals(field.Key.ContainingType.OriginalDefinition, network.Type)
            && !project.IsAskedForParameters(field.Key, network)
        let place = Scope.DeclarationOf(field.Key)
        where place is not null
        select At(place, field.Key.Name, kept.Count > 1 ? $"the {kept.Count} layers" : ((Layer)kept[0].Part).Op.Name,
            kept.Count > 1 ? "are" : "is")
            .Fix("Keep them in a module", Edit.KeepInModule(field.Key, network.Membership!.Registration?.Call.Syntax));
}
