using Microsoft.CodeAnalysis;
using NnAnalyzers.Graph;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Training;

/// <summary>Training that goes on with the weights an earlier run saved: what it loads before its steps is what its loop saves.</summary>
/// <param name="Creation">Where its optimizer is made, one that remembers gradients.</param>
/// <param name="Save">The first save of the model among the steps.</param>
internal sealed record Resumption(Event Creation, Event Load, Event Save)
{
    public Optimizer Optimizer => (Optimizer)Creation.Subject;
    public string Model => ((Layer)Load.Subject).Name;

    /// <summary>After what the optimizer's state can be restored: the load, or the optimizer's creation where that comes later.</summary>
    public SyntaxNode Restorable =>
        Creation.Order > Load.Order && Creation.Statement is { } made ? made : Load.Operation.Syntax;

    public static IEnumerable<Resumption> In(TrainingSite site) =>
        from creation in site.Of(EventKind.CreateOptimizer)
        let optimizer = (Optimizer)creation.Subject
        where OptimizerCatalog.Optimizer(optimizer.Kind)?.KeepsState == true
        let steps = site.Of(optimizer).Where(e => e.Kind == EventKind.Step).ToList()
        from model in optimizer.Models
        let save = site.Of(model).FirstOrDefault(e => e.Kind == EventKind.Save
            && steps.Any(s => Turns(s, creation).Intersect(Turns(e, creation)).Any()))
        let load = save is null ? null : site.Of(model).FirstOrDefault(e => e.Kind == EventKind.Load && e.SharesFile(save)
            && steps.Any(s => s.Order > e.Order && !Turns(s, creation).Intersect(e.Loops).Any()
            && CodePath.Of(creation.When.Path, e.When.Path, s.When.Path) is not null))
        where load is not null
        select new Resumption(creation, load, save);

    /// <summary>The loops in which the optimizer that was made stays the same.</summary>
    private static IEnumerable<Loop> Turns(Event happened, Event creation) => happened.Loops.Except(creation.Loops);
}
