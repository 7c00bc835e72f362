using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>A network that is synchronized with another is that very object: a target or teacher that always agrees.</summary>
internal sealed class NN4026_OneModuleTwoRoles() : Rule("NN4026", RuleLevel.Advice, Category.Training, RuleSource.Peers,
    "One module for two roles", "{0} is loaded with its own weights: both names are one module, and it is never behind what is trained")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from load in site.Of(EventKind.Load)
        where load.Arguments.Values.Any(v => v is ParametersOf { Model: var source } && source == load.Subject)
        && site.Of(EventKind.Step).Any(s => s.Subject is Optimizer optimizer && optimizer.Models.Contains(load.Subject))
        let module = (Layer)load.Subject
        select At(load.Operation.Syntax, module.Name).Fix("Make a second one that starts from the first's weights",
            Edit.Duplicate(module, load.Operation));
}
