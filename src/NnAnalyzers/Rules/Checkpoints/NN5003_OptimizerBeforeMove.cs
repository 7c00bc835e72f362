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
            var optimizer = (Optimizer)creation.Subject;
            var changes =
                optimizer.Models.Distinct().SelectMany(site.Of)
                .Where(e => e.Order > creation.Order && Replaces(e, creation, site, project));
            if (changes.OrderBy(e => e.Order).FirstOrDefault() is not { } change || creation.When.Loop?.Depth < change.When.Loop?.Depth
                || creation.When.Loop is null && change.When.Loop is not null) continue;
            var step = site.Of(optimizer).FirstOrDefault(e => e.Order > change.Order && e.Kind == EventKind.Step);
            if (step is null || CodePath.Of(creation.When.Path, change.When.Path, step.When.Path) is null) continue;
            var model = (Layer)change.Subject;
            var (happens, after) = Words(change);
            var fix = creation.Declaration is { } made && change.Statement is { } moved
                && !Edit.IsUsedBetween(creation.Variable!, made, moved)
                ? Edit.Move(made, moved) : null;
            yield return At(creation.Operation.Syntax, creation.Variable ?? optimizer.Kind, model.Name, happens)
                .Fix($"Make it after {model.Name} {after}", fix);
        }
    }

    private static (string Happens, string After) Words(Event change) => change.Kind switch
    {
        EventKind.Load => ("is loaded while it is off the CPU", "is loaded"),
        EventKind.Grow => ("gets more layers", "has all its layers"),
        _ => ("is moved", "is moved"),
    };

    /// <summary>Whether a move or load gives the model new parameters.</summary>
    private static bool Replaces(Event change, Event creation, TrainingSite site, ProjectGraph project)
    {
        if (change.Kind is not (EventKind.Move or EventKind.Load or EventKind.Grow)) return false;
        var model = (Layer)change.Subject;
        var moves = site.Of(model).Where(e => e.Kind == EventKind.Move && e.Order < creation.Order).ToList();
        // Embeddings and recurrent layers keep their parameters' identity.
        if (model.Type is { } type && project.NetworkOf(type) is { Layers: { Count: > 0 } layers }
            && layers.All(l => l.Op.Role is Role.Embedding or Role.Recurrent || l.Op.In is null && !l.IsUserModule)) return false;
        return change.Kind switch
        {
            EventKind.Grow => true,
            EventKind.Move => !moves.Any(m => Target(m) == Target(change)) && !(IsCpu(change) && moves.Count == 0),
            // In place on the CPU; elsewhere the weights travel to it and back.
            EventKind.Load =>
                change.Operation is Microsoft.CodeAnalysis.Operations.IInvocationOperation { TargetMethod.Name: "load" } && moves.Count > 0
                && !IsCpu(moves[moves.Count - 1]) && IsDevice(moves[moves.Count - 1]),
            _ => false,
        };
    }

    private static string Target(Event move) => Name(move) + string.Join(",", move.Arguments.Select(a => a.Operation.Syntax.ToString()));
    private static string Name(Event move) =>
        (move.Operation as Microsoft.CodeAnalysis.Operations.IInvocationOperation)?.TargetMethod.Name ?? "";
    private static bool IsCpu(Event move) =>
        Name(move) == "cpu"
        || move.Arguments.Any(a => a.Value is Constant { Raw: "cpu" }
        || a.Operation.Syntax.ToString().EndsWith("CPU", StringComparison.Ordinal));
    private static bool IsDevice(Event move) => Name(move) is "to" or "cuda";
}
