using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;

namespace NnAnalyzers.Projects;

/// <summary>A tensor that training code gives to a network.</summary>
/// <param name="Applied">The step that applies it.</param>
/// <param name="Given">The tensor, as training code has it.</param>
/// <param name="Input">What stands for it in the network.</param>
internal sealed record Fed(Step Applied, Network Network, Step Given, Step Input)
{
    private Feed? _feed;

    /// <summary>A loss teaches the network with it.</summary>
    public bool IsTrained { get; init; }

    /// <summary>Something is known of the size of its numbers.</summary>
    public bool IsKnown => IsTrained || Feed.Origin is not null || Given.Range is not null;

    public Feed Feed => _feed ??= Feed.Of(Given);

    /// <summary>The code that gives it; null where that cannot be told.</summary>
    public ExpressionSyntax? Argument => Applied.Operation is IInvocationOperation call ? call.Arguments
        .Where(a => a.Syntax is ArgumentSyntax && (call.Arguments.Length == 1 || Applied.Arguments.ValueOf(a.Parameter!.Name) == Given))
        .Select(a => ((ArgumentSyntax)a.Syntax).Expression).FirstOrDefault() : null;
}
