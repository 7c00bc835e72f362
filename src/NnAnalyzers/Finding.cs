using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Graph;

namespace NnAnalyzers;

/// <summary>What a rule found at one place, with the edits that mend it, if any.</summary>
/// <param name="Rule">The rule that speaks.</param>
/// <param name="Place">The code it is about.</param>
/// <param name="Arguments">What goes into the rule's message.</param>
internal sealed record Finding(Rule Rule, SyntaxNode Place, ImmutableArray<object> Arguments)
{
    /// <summary>The title of the fix; null when there is none.</summary>
    public string? FixTitle { get; init; }
    public ImmutableArray<Edit> Edits { get; init; } = ImmutableArray<Edit>.Empty;

    /// <summary>Adds the fix: all of the edits, or none if any could not be made.</summary>
    public Finding Fix(string title, params IEnumerable<Edit>?[] edits) =>
        edits.Any(e => e is null) || !edits.Any(e => e!.Any()) ? this
            : this with { FixTitle = title, Edits = edits.SelectMany(e => e!).Distinct().ToImmutableArray() };

    public Diagnostic ToDiagnostic()
    {
        var properties = FixTitle is null ? ImmutableDictionary<string, string?>.Empty : FixProperties.Write(FixTitle, Edits);
        return Diagnostic.Create(Rule.Descriptor, Shown(), properties, Arguments.ToArray());
    }

    /// <summary>A declaration is shown by its name.</summary>
    private Location Shown() => Place switch
    {
        ConstructorDeclarationSyntax { Identifier: var name } => name.GetLocation(),
        BaseTypeDeclarationSyntax { Identifier: var name } => name.GetLocation(),
        VariableDeclaratorSyntax { Identifier: var name } => name.GetLocation(),
        PropertyDeclarationSyntax { Identifier: var name } => name.GetLocation(),
        _ => Place.GetLocation(),
    };
}
