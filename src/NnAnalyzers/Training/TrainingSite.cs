using Microsoft.CodeAnalysis;
using NnAnalyzers.Graph;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Training;

/// <summary>What one method does to models, losses and optimizers, with everything it calls, in the order written.</summary>
internal sealed record TrainingSite(string Name, IMethodSymbol Method, SyntaxNode Body, Trace Trace)
{
    /// <summary>Whether a method is called on the way.</summary>
    public bool Enters(IMethodSymbol method) => Trace.Entered.Contains(method.OriginalDefinition);

    public IReadOnlyList<Event> Events => Trace.Events;
    public IReadOnlyList<Step> Steps => Trace.Steps;
    public IReadOnlyList<Step> Losses => Trace.Losses;

    private ILookup<Value, Event>? _bySubject;
    private ILookup<EventKind, Event>? _byKind;

    /// <summary>What happens to one object, in order.</summary>
    public IEnumerable<Event> Of(Value subject) => (_bySubject ??= Events.ToLookup(e => e.Subject))[subject];

    /// <summary>What happens of one kind, in order.</summary>
    public IEnumerable<Event> Of(EventKind kind) => (_byKind ??= Events.ToLookup(e => e.Kind))[kind];

    /// <summary>
    /// Whether something never happens to a model, an optimizer or another object; null where code that is not read has got hold of it.
    /// </summary>
    public bool? Never(EventKind kind, Value subject)
    {
        var of = Of(subject).ToList();
        return of.Any(e => e.Kind == kind) ? false : of.Any(e => e.Kind == EventKind.Escape) ? null : true;
    }

    /// <summary>Whether something happens to it wherever this site is run; null where that depends, or unread code may do it.</summary>
    public bool? Always(EventKind kind, Value subject) =>
        Events.Any(e => e.Kind == kind && ReferenceEquals(e.Subject, subject) && !e.Conditional) ? true
        : Never(kind, subject) == true ? false : null;

    /// <summary>Its losses with the networks they are applied to.</summary>
    public List<LossUse> Uses { get; } = [];
}
