using NnAnalyzers.Graph;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>Moving a model replaces its parameters; an optimizer made before keeps the old ones and throws when it steps.</summary>
internal sealed class NN5003_OptimizerBeforeMove() : Rule("NN5003", RuleLevel.Proven, Category.Checkpoints, RuleSource.TorchSharp,
    "Optimizer made before the model is moved",
    "{0} is made before {1} {2}; its parameters are then replaced, and the next step fails")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project)
    {
        foreach (var (creation, at) in site.Events.Select((e, i) => (e, i)).Where(e => e.e.Kind == EventKind.CreateOptimizer))
        {
            var optimizer = (Optimizer)creation.Subject;
            var later = site.Events.Skip(at + 1).ToList();
            var change = later.FirstOrDefault(e => e.Subject is Layer model && optimizer.Models.Contains(model) && Replaces(e, model, site.Events.Take(at).ToList(), project));
            if (change is null || creation.Conditional || change.Conditional || creation.Loops.Length < change.Loops.Length) continue;
            if (!later.SkipWhile(e => e != change).Any(e => e.Kind == EventKind.Step && e.Subject == optimizer)) continue;
            var model = (Layer)change.Subject;
            yield return At(creation.Operation.Syntax, creation.Variable ?? optimizer.Kind, model.Name, change.Kind == EventKind.Load ? "is loaded while it is off the CPU" : "is moved")
                .Fix($"Make it after {model.Name} is {(change.Kind == EventKind.Load ? "loaded" : "moved")}", creation.Declaration is { } made && change.Statement is { } moved && !Edit.IsUsedBetween(creation.Variable!, made, moved) ? Edit.Move(made, moved) : null);
        }
    }

    /// <summary>Whether a move or load gives the model new parameters.</summary>
    private static bool Replaces(Event change, Layer model, IReadOnlyList<Event> before, ProjectGraph project)
    {
        var moves = before.Where(e => e.Kind == EventKind.Move && e.Subject == model).ToList();
        // Embeddings and recurrent layers keep their parameters' identity.
        if (model.Type is { } type && project.NetworkOf(type) is { Layers: { Count: > 0 } layers } && layers.All(l => l.Op.Role is Role.Embedding or Role.Recurrent || l.Op.In is null && !l.IsUserModule)) return false;
        return change.Kind switch
        {
            EventKind.Move => !moves.Any(m => Target(m) == Target(change)) && !(IsCpu(change) && moves.Count == 0),
            // In place on the CPU; elsewhere the weights travel to it and back.
            EventKind.Load => change.Operation is Microsoft.CodeAnalysis.Operations.IInvocationOperation { TargetMethod.Name: "load" } && moves.Count > 0 && !IsCpu(moves[moves.Count - 1]) && IsDevice(moves[moves.Count - 1]),
            _ => false,
        };
    }

    private static string Target(Event move) => Name(move) + string.Join(",", move.Arguments.Select(a => a.Operation.Syntax.ToString()));
    private static string Name(Event move) => (move.Operation as Microsoft.CodeAnalysis.Operations.IInvocationOperation)?.TargetMethod.Name ?? "";
    private static bool IsCpu(Event move) => Name(move) == "cpu" || move.Arguments.Any(a => a.Value is Constant { Raw: "cpu" } || a.Operation.Syntax.ToString().EndsWith("CPU", StringComparison.Ordinal));
    private static bool IsDevice(Event move) => Name(move) is "to" or "cuda";
}
