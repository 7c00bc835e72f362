using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Training;

/// <summary>
/// What saves a model: a closure, an object that holds it, or a captured state dictionary; made in one place and used later.
/// </summary>
/// <param name="Setup">Where it is made.</param>
/// <param name="Saves">The saves that happen through it.</param>
internal sealed record Saver(Event Setup, IReadOnlyList<Event> Saves)
{
    /// <summary>The savers that were made before an optimizer, saved after it existed and never got to know it.</summary>
    public static IEnumerable<Saver> MadeBefore(Event optimizer, TrainingSite site)
    {
        var after = site.Of(EventKind.Save).Where(e => e.Order > optimizer.Order).ToList();
        if (after.Count == 0) return [];
        return from setup in site.Events.TakeWhile(e => e != optimizer)
               let saves = after.Where(save => setup switch
               {
                   { Kind: EventKind.MakeFunction, Operation: IAnonymousFunctionOperation lambda } =>
                       lambda.Syntax.Contains(save.Operation.Syntax),
                   { Kind: EventKind.MakeObject, Subject: Instance holder } =>
                       Holds(holder, site) && IsWrittenIn(holder.Type, save.Operation.Syntax),
                   { Kind: EventKind.CaptureState } => save.Arguments.Values.Any(v => v == setup.Subject),
                   _ => false,
               }).ToList()
               where saves.Count > 0
               select new Saver(setup, saves);
    }

    private static bool Holds(Instance holder, TrainingSite site) =>
        holder.Arguments.Any(a => a is Layer) && !holder.Arguments.Any(a => a is Optimizer)
        && !site.Events.Any(e => e.Subject == holder && e.Arguments.Values.Any(v => v is Optimizer));

    private static bool IsWrittenIn(INamedTypeSymbol type, SyntaxNode node) =>
        type.DeclaringSyntaxReferences.Any(r => r.SyntaxTree == node.SyntaxTree && r.Span.Contains(node.Span));

    /// <summary>Whether training goes on after a save: in the same loop, or further down. Else it is a final export.</summary>
    public bool IsCheckpoint(TrainingSite site) =>
        site.Of(EventKind.Step).Any(step => Saves.Any(save => save.Loops.Intersect(step.Loops).Any()))
        || site.Events.SkipWhile(e => e != Saves[0]).Any(e => e.Kind == EventKind.Step);

    /// <summary>The file name of a save or load as written, where it means the same everywhere in the method.</summary>
    public static string? PathOf(Event saveOrLoad) =>
        saveOrLoad.Arguments.TryGetValue("location", out var location)
        && location.Operation.Syntax is ArgumentSyntax { Expression: IdentifierNameSyntax or LiteralExpressionSyntax } path
        ? path.Expression.ToString() : null;

    /// <summary>
    /// The declaration of a closure that saves, saving the optimizer's state too, and what restores that state where the program picks up
    /// the weights; null where the code has a form that cannot be changed safely.
    /// </summary>
    /// <param name="optimizer">The variable that holds the optimizer.</param>
    public (string Saving, string? Restoring)? SavingToo(string optimizer, TrainingSite site)
    {
        if (PathOf(Saves[0]) is not { } path || Setup.Declaration is not { } made) return null;
        var (save, start) = (Saves[0].Operation.Syntax, made.SpanStart);
        var also = $"{optimizer}.save_state_dict({path} + \".optimizer\");";
        var saving = save.Parent switch
        {
            LambdaExpressionSyntax => made.ToString().Insert(save.Span.End - start, $"; {also} }}").Insert(save.SpanStart - start, "{ "),
            ExpressionStatementSyntax statement => made.ToString().Insert(statement.Span.End - start, " " + also),
            _ => null,
        };
        var block = made.Parent is GlobalStatementSyntax global ? global.Parent! : made.Parent!;
        var loads = site.Of(EventKind.Load).Where(e => block.Contains(e.Operation.Syntax));
        return saving is null ? null : (saving, loads.Select(PathOf).FirstOrDefault(p => p is not null) is not { } file ? null
            : $"if (System.IO.File.Exists({file} + \".optimizer\")) {optimizer}.load_state_dict({file} + \".optimizer\");");
    }
}
