using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>Moving a model replaces its parameters; an optimizer made before keeps the old ones and throws when it steps.</summary>
internal sealed class NN5003_OptimizerBeforeMove() : Rule("NN5003", RuleLevel.Proven, Category.Checkpoints, RuleSource.TorchSharp,
    "Optimizer made before the model is moved",
    "{0} is made before {1} {2}; it does not know the parameters that the model has then")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project)
    {
        foreach (var creation in site.Of(EventKind.CreateOptimizer))
        {
            if (NewParameters.After(creation, site, project.NetworkOf) is not { } change
                || creation.When.Loop?.Depth < change.When.Loop?.Depth
                || creation.When.Loop is null && change.When.Loop is not null) continue;
            var step = site.Of(creation.Subject).FirstOrDefault(e => e.Order > change.Order && e.Kind == EventKind.Step);
            if (step is null || CodePath.Of(creation.When.Path, change.When.Path, step.When.Path) is null) continue;
            var (model, (happens, after)) = (((Layer)change.Subject).Name, NewParameters.Words(change));
            var fix = creation.Declaration is { } made && change.Statement is { } moved
                && !Edit.IsUsedBetween(creation.Variable!, made, moved) ? Edit.Move(made, moved) : null;
            yield return At(creation.Operation.Syntax, creation.Variable ?? ((Optimizer)creation.Subject).Kind, model, happens)
                .Near("where the parameters change", change)
                .Fix($"Make it after {model} {after}", fix);
        }
    }
}
