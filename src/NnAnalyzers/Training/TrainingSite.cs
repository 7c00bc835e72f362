using Microsoft.CodeAnalysis;
using NnAnalyzers.Graph;

namespace NnAnalyzers.Training;

/// <summary>What one method does to models, losses and optimizers, with everything it calls, in the order written.</summary>
internal sealed record TrainingSite(string Name, SyntaxNode Body, IReadOnlyList<Event> Events, IReadOnlyList<Step> Steps, IReadOnlyList<Step> Losses);
