using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Training;

/// <summary>What gives a model other parameters than it had: a move to another device or type, a load off the CPU, more layers.</summary>
internal static class NewParameters
{
    /// <summary>The first such thing that happens to an optimizer's models after it was made; null if there is none.</summary>
    /// <param name="networkOf">What a module class is read as.</param>
    public static Event? After(Event creation, TrainingSite site, Func<INamedTypeSymbol, Network?> networkOf) =>
        ((Optimizer)creation.Subject).Models.Distinct().SelectMany(site.Of)
        .Where(e => e.Order > creation.Order && Replaces(e, creation, site, networkOf)).OrderBy(e => e.Order).FirstOrDefault();

    /// <summary>In words: what happens, and when it is over.</summary>
    public static (string Happens, string After) Words(Event change) => change.Kind switch
    {
        EventKind.Load => ("is loaded while it is off the CPU", "is loaded"),
        EventKind.Grow => ("gets more layers", "has all its layers"),
        _ => ("is moved", "is moved"),
    };

    private static bool Replaces(Event change, Event creation, TrainingSite site, Func<INamedTypeSymbol, Network?> networkOf)
    {
        if (change.Kind is not (EventKind.Move or EventKind.Load or EventKind.Grow)) return false;
        var model = (Layer)change.Subject;
        var moves = site.Of(model).Where(e => e.Kind == EventKind.Move && e.Order < creation.Order).ToList();
        // Embeddings and recurrent layers keep their parameters' identity.
        if (model.Type is { } type && networkOf(type) is { Layers: { Count: > 0 } layers }
            && layers.All(l => l.Op.Role is Role.Embedding or Role.Recurrent || l.Op.In is null && !l.IsUserModule)) return false;
        return change.Kind switch
        {
            EventKind.Grow => true,
            EventKind.Move => !moves.Any(m => Target(m) == Target(change)) && !(IsCpu(change) && moves.Count == 0),
            // In place on the CPU; elsewhere the weights travel to it and back.
            EventKind.Load => Name(change) == "load" && moves.Count > 0 && !IsCpu(moves[moves.Count - 1])
                && Name(moves[moves.Count - 1]) is "to" or "cuda",
            _ => false,
        };
    }

    private static string Target(Event move) => Name(move) + string.Join(",", move.Arguments.Select(a => a.Operation.Syntax.ToString()));

    private static string Name(Event move) => (move.Operation as IInvocationOperation)?.TargetMethod.Name ?? "";

    private static bool IsCpu(Event move) => Name(move) == "cpu" || move.Arguments.Any(a =>
        a.Value is Constant { Raw: "cpu" } || a.Operation.Syntax.ToString().EndsWith("CPU", StringComparison.Ordinal));
}
