using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>What saves the model is set up before the optimizer exists, so a resumed run starts with an empty optimizer.</summary>
internal sealed class NN5001_SaverBeforeOptimizer() : Rule("NN5001", RuleLevel.Proven, Category.Checkpoints, RuleSource.Article,
    "Checkpoint saver set up before the optimizer",
    "{0} is set up before {1} exists and cannot save its state: a resumed run starts with an empty {2}")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from creation in site.Events
        where creation is { Kind: EventKind.CreateOptimizer, Subject: Optimizer optimizer }
        && Torch.OptimizerCatalog.Optimizer(optimizer.Kind)?.KeepsState != false 
            && !site.Events.Any(e => e.Kind == EventKind.SaveOptimizer) && site.Never(EventKind.SaveOptimizer, optimizer) == true
        from saver in Saver.MadeBefore(creation, site)
        where saver.IsCheckpoint(site) && saver.Setup.Declaration is not null
        let finding = At(saver.Setup.Operation.Syntax, saver.Setup.Variable!, creation.Variable ?? "the optimizer", creation.Subject)
        select Mend(finding, saver, creation, site);

    private static Finding Mend(Finding finding, Saver saver, Event creation, TrainingSite site)
    {
        if (creation is not { Declaration: { } optimizer, Variable: { } state }) return finding;
        var (made, name) = (saver.Setup.Declaration!, saver.Setup.Variable!);
        // save_state_dict lives on the concrete optimizers; and nothing may use the saver before its new place.
        if (optimizer.Declaration.Type.ToString().EndsWith("Optimizer", StringComparison.Ordinal)
            || Edit.IsUsedBetween(name, made, optimizer)) return finding;
        if (saver.Setup.Operation is IObjectCreationOperation holder)
            return Edit.WithOptional(holder, p => p.Type.Name is "Optimizer" or "OptimizerHelper", state) is not { } handedOver ? finding
                : finding.Fix($"Set up {name} after {state} and hand it over",
                Edit.Move(made, optimizer, made.ToString().Replace(holder.Syntax.ToString(), handedOver)));

        var save = saver.Saves[0].Operation.Syntax;
        if (Saver.PathOf(saver.Saves[0]) is not { } path) return finding;
        var saveState = $"{state}.save_state_dict({path} + \".optimizer\");";
        var (at, end) = (save.SpanStart - made.SpanStart, save.Span.End - made.SpanStart);
        var text = save.Parent switch
        {
            LambdaExpressionSyntax => made.ToString().Insert(end, $"; {saveState} }}").Insert(at, "{ "),
            ExpressionStatementSyntax statement => made.ToString().Insert(statement.Span.End - made.SpanStart, " " + saveState),
            _ => null,
        };
        // The same program picks up the weights; it must pick up the state too, once the optimizer is there.
        var resumes =
            site.Events.Where(e => e.Kind == EventKind.Load && Edit.BlockOf(made)!.Contains(e.Operation.Syntax)).Select(Saver.PathOf)
            .FirstOrDefault(p => p is not null);
        var restore = resumes is null ? null
            : $"if (System.IO.File.Exists({resumes} + \".optimizer\")) {state}.load_state_dict({resumes} + \".optimizer\");";
        return text is null ? finding
            : finding.Fix($"Set up {name} after {state}, save its state{(restore is null ? "" : " and restore it")}",
            Edit.Move(made, optimizer, text, restore));
    }
}
