using Microsoft.CodeAnalysis;
using NnAnalyzers.Graph;

namespace NnAnalyzers.Training;

/// <summary>What one method does to models, losses and optimizers, with everything it calls, in the order written.</summary>
internal sealed record TrainingSite(string Name, SyntaxNode Body, Reader Reader)
{
    public IReadOnlyList<Event> Events => Reader.Events;
    public IReadOnlyList<Step> Steps => Reader.Steps;
    public IReadOnlyList<Step> Losses => Reader.Losses;

    /// <summary>Its losses with the networks they are applied to.</summary>
    public List<LossUse> Uses { get; } = [];
}
