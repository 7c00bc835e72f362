using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Graph;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>What saves the model is set up before the optimizer exists, so a resumed run starts with an empty optimizer.</summary>
internal sealed class NN5001_SaverBeforeOptimizer() : Rule("NN5001", RuleLevel.Proven, Category.Checkpoints,
    "Checkpoint saver set up before the optimizer",
    "{0} is set up before {1} exists and cannot save its state: a resumed run starts with an empty {2}")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from creation in site.Events
        where creation is { Kind: EventKind.CreateOptimizer, Subject: Optimizer { Kind: not "SGD" } }
        let optimizer = (Optimizer)creation.Subject
        where !site.Events.Any(e => e.Kind == EventKind.SaveOptimizer)
        from saver in Savers(site, creation)
        where TrainsOnAfter(site, saver.Saves)
        let place = saver.Setup.Operation.Syntax.FirstAncestorOrSelf<LocalDeclarationStatementSyntax>()
        where place is not null
        select Mend(At(saver.Setup.Operation.Syntax, place.Declaration.Variables[0].Identifier.Text, NameOf(creation) ?? "the optimizer", optimizer.Kind), place, creation, saver, site);

    /// <summary>Closures and objects made before the optimizer through which a model is saved after it exists.</summary>
    private static IEnumerable<(Event Setup, IReadOnlyList<Event> Saves)> Savers(TrainingSite site, Event creation)
    {
        var events = site.Events.ToList();
        var born = events.IndexOf(creation);
        foreach (var setup in events.Take(born))
        {
            IReadOnlyList<Event> saves = setup switch
            {
                { Kind: EventKind.MakeFunction, Operation: Microsoft.CodeAnalysis.Operations.IAnonymousFunctionOperation lambda } =>
                    events.Skip(born).Where(e => e.Kind == EventKind.Save && lambda.Syntax.Contains(e.Operation.Syntax)).ToList(),
                { Kind: EventKind.MakeObject, Subject: Instance saver } when saver.Arguments.Any(a => a is Layer) && !saver.Arguments.Any(a => a is Optimizer)
                    && !events.Any(e => e.Subject == saver && e.Arguments.Values.Any(a => a.Value is Optimizer)) =>
                    events.Skip(born).Where(e => e.Kind == EventKind.Save && e.RootOperation.Syntax.SyntaxTree == setup.Operation.Syntax.SyntaxTree
                        && saver.Type.DeclaringSyntaxReferences.Any(r => r.SyntaxTree == e.Operation.Syntax.SyntaxTree && r.Span.Contains(e.Operation.Syntax.Span))).ToList(),
                _ => [],
            };
            if (saves.Count > 0) yield return (setup, saves);
        }
    }

    /// <summary>A final export is fine; a save that training goes on after is a checkpoint.</summary>
    private static bool TrainsOnAfter(TrainingSite site, IReadOnlyList<Event> saves) =>
        site.Events.Any(step => step.Kind == EventKind.Step && saves.Any(save => save.Loops.Intersect(step.Loops).Any()))
        || site.Events.SkipWhile(e => e != saves[0]).Any(e => e.Kind == EventKind.Step);

    private static StatementSyntax? StatementOf(Event happened) => happened.Operation.Syntax.FirstAncestorOrSelf<StatementSyntax>();

    private static string? NameOf(Event creation) =>
        creation.Operation.Syntax.FirstAncestorOrSelf<LocalDeclarationStatementSyntax>()?.Declaration.Variables.Single().Identifier.Text;

    private static Finding Mend(Finding finding, LocalDeclarationStatementSyntax saver, Event creation, (Event Setup, IReadOnlyList<Event> Saves) found, TrainingSite site)
    {
        if (StatementOf(creation) is not LocalDeclarationStatementSyntax born || NameOf(creation) is not { } optimizer || Edit.BlockOf(saver) is not { } block || block != Edit.BlockOf(born)) return finding;
        if (born.Declaration.Type.ToString().EndsWith("Optimizer", StringComparison.Ordinal)) return finding; // save_state_dict lives on the concrete optimizers
        // Nothing may use the saver before its new place.
        var name = saver.Declaration.Variables[0].Identifier.Text;
        if (block.DescendantNodes().OfType<IdentifierNameSyntax>().Any(n => n.Identifier.Text == name && n.SpanStart > saver.Span.End && n.SpanStart < born.Span.End)) return finding;

        if (found.Setup.Subject is Instance)
            return found.Setup.Operation is Microsoft.CodeAnalysis.Operations.IObjectCreationOperation { Constructor: { } constructor, Syntax: ObjectCreationExpressionSyntax { ArgumentList: { } list } } made
                && constructor.Parameters.FirstOrDefault(p => p.Type.Name is "Optimizer" or "OptimizerHelper" && made.Arguments.Any(a => a.Parameter?.Name == p.Name && a.ArgumentKind == Microsoft.CodeAnalysis.Operations.ArgumentKind.DefaultValue)) is { } slot
                ? finding.Fix($"Set up {name} after {optimizer} and hand it over",
                    Edit.Move(saver, born, saver.ToString().Insert(list.CloseParenToken.SpanStart - saver.SpanStart, $", {slot.Name}: {optimizer}")))
                : finding;

        var save = found.Saves[0].Operation.Syntax;
        if (PathOf(found.Saves[0]) is not { } path || save.Parent is not (ExpressionStatementSyntax or LambdaExpressionSyntax)) return finding;
        var saveState = $"{optimizer}.save_state_dict({path} + \".optimizer\");";
        var text = saver.ToString();
        var at = save.SpanStart - saver.SpanStart;
        text = save.Parent is LambdaExpressionSyntax
            ? text.Remove(at, save.Span.Length).Insert(at, $"{{ {save}; {saveState} }}")
            : text.Insert(save.Parent.Span.End - saver.SpanStart, " " + saveState);
        // The same program picks up the weights; it must pick up the state too, once the optimizer is there.
        var resumes = site.Events.Where(e => e.Kind == EventKind.Load && block.Contains(e.Operation.Syntax) && PathOf(e) is not null).Select(e => PathOf(e)!).Distinct().ToList();
        var restore = resumes.Select(p => $"if (System.IO.File.Exists({p} + \".optimizer\")) {optimizer}.load_state_dict({p} + \".optimizer\");").FirstOrDefault();
        return finding.Fix(restore is null ? $"Set up {name} after {optimizer} and save its state too" : $"Set up {name} after {optimizer}, save its state and restore it",
            Edit.Move(saver, born, text, restore));
    }

    /// <summary>The file name as written, where it means the same everywhere in the method.</summary>
    private static string? PathOf(Event saveOrLoad) =>
        saveOrLoad.Arguments.TryGetValue("location", out var location) && location.Operation.Syntax is ArgumentSyntax { Expression: IdentifierNameSyntax or LiteralExpressionSyntax } path ? path.Expression.ToString() : null;
}
