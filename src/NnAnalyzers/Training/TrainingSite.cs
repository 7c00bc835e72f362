using Microsoft.CodeAnalysis;
using NnAnalyzers.Graph;

namespace NnAnalyzers.Training;

/// <summary>What one method does to models, losses and optimizers, with everything it calls, in the order written.</summary>
internal sealed record TrainingSite(string Name, SyntaxNode Body, Reader Reader)
{
    public IReadOnlyList<Event> Events => Reader.Events;
    public IReadOnlyList<Step> Steps => Reader.Steps;
    public IReadOnlyList<Step> Losses => Reader.Losses;

    /// <summary>
    /// Whether something never happens to a model, an optimizer or another object; null where code that is not read has got hold of it.
    /// </summary>
    public bool? Never(EventKind kind, Value subject)
    {
        var of = Events.Where(e => ReferenceEquals(e.Subject, subject)).ToList();
        return of.Any(e => e.Kind == kind) ? false : of.Any(e => e.Kind == EventKind.Escape) ? null : true;
    }

    /// <summary>Whether something happens to it wherever this site is run; null where that depends, or unread code may do it.</summary>
    public bool? Always(EventKind kind, Value subject) =>
        Events.Any(e => e.Kind == kind && ReferenceEquals(e.Subject, subject) && !e.Conditional) ? true : Never(kind, subject) == true ? false : null;

    /// <summary>Its losses with the networks they are applied to.</summary>
    public List<LossUse> Uses { get; } = [];
}
