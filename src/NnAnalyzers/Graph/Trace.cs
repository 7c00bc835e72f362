using Microsoft.CodeAnalysis;

namespace NnAnalyzers.Graph;

/// <summary>What one reading of code leaves: of a method with all it calls, or of a module class.</summary>
internal sealed class Trace
{
    /// <summary>Layers in the order they were made.</summary>
    public List<Layer> Layers { get; } = [];

    /// <summary>What happened, in order.</summary>
    public List<Event> Events { get; } = [];

    /// <summary>Every loss that was applied.</summary>
    public List<Step> Losses { get; } = [];

    /// <summary>The methods that were read on the way.</summary>
    public HashSet<IMethodSymbol> Entered { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>The members of module classes that were given another layer from outside.</summary>
    public HashSet<(INamedTypeSymbol Type, ISymbol Member)> Replaced { get; } = [];

    /// <summary>The steps in data-flow order, with what comes out.</summary>
    public Body Body { get; }

    public List<Step> Steps => Body.Steps;

    public Trace(bool isOfNetwork) => Body = new([], this) { IsOfNetwork = isOfNetwork };

    /// <summary>A reading that goes on where this one stopped.</summary>
    public Trace Continue()
    {
        var next = new Trace(Body.IsOfNetwork);
        next.Layers.AddRange(Layers);
        next.Steps.AddRange(Steps);
        next.Events.AddRange(Events);
        next.Losses.AddRange(Losses);
        next.Entered.UnionWith(Entered);
        next.Replaced.UnionWith(Replaced);
        return next;
    }
}
