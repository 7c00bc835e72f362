using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>What saves the model is set up before the optimizer exists, so a resumed run starts with an empty optimizer.</summary>
internal sealed class NN5001_SaverBeforeOptimizer() : Rule("NN5001", RuleLevel.Likely, Category.Checkpoints, RuleSource.Article,
    "Checkpoint saver set up before the optimizer",
    "{0} is set up before {1} exists and cannot save its state: a resumed run starts with an empty {2}")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from creation in site.Of(EventKind.CreateOptimizer)
        let optimizer = (Optimizer)creation.Subject
        where OptimizerCatalog.Optimizer(optimizer.Kind)?.KeepsState != false
        && !site.Of(EventKind.SaveOptimizer).Any() && site.Never(EventKind.SaveOptimizer, optimizer) == true
        from saver in Saver.MadeBefore(creation, site)
        where saver.IsCheckpoint(site) && saver.Setup.Declaration is not null
        let finding = At(saver.Setup.Operation.Syntax, saver.Setup.Variable!, creation.Variable ?? "the optimizer", optimizer)
            .Near("the optimizer", creation)
        select Mend(finding, saver, creation, site);

    private static Finding Mend(Finding finding, Saver saver, Event creation, TrainingSite site)
    {
        if (creation is not { Declaration: { } optimizer, Variable: { } state }) return finding;
        var (made, name) = (saver.Setup.Declaration!, saver.Setup.Variable!);
        // save_state_dict lives on the concrete optimizers; and nothing may use the saver before its new place.
        if (optimizer.Declaration.Type.ToString().EndsWith("Optimizer", StringComparison.Ordinal)
            || Edit.IsUsedBetween(name, made, optimizer)) return finding;
        if (saver.Setup.Operation is IObjectCreationOperation holder)
            return LoadsBeforeMove(holder, saver, creation, site) || Edit.WithOptional(holder,
                p => p.Type.Name is "Optimizer" or "OptimizerHelper" || p.Type.Name == ((Optimizer)creation.Subject).Kind, state)
                is not { } handedOver ? finding : finding.Fix($"Set up {name} after {state} and hand it over",
                Edit.Move(made, optimizer, made.ToString().Replace(holder.Syntax.ToString(), handedOver)));
        return saver.SavingToo(state, site) is not var (saving, restoring) ? finding
            : finding.Fix($"Set up {name} after {state}, save its state{(restoring is null ? "" : " and restore it")}",
            Edit.Move(made, optimizer, saving, restoring));
    }

    /// <summary>What loads the weights as it is made, before the model is moved, would load them behind the optimizer then.</summary>
    private static bool LoadsBeforeMove(IObjectCreationOperation holder, Saver saver, Event creation, TrainingSite site) =>
        site.Of(EventKind.Move).Any(m => m.Order > saver.Setup.Order && m.Order < creation.Order)
        && holder.Constructor?.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is { } constructor
        && site.Of(EventKind.Load).Any(l => constructor.Contains(l.Operation.Syntax));
}
