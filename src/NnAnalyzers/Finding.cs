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

    /// <summary>Other code it is about, each with what that is.</summary>
    public ImmutableArray<(string What, SyntaxNode Place)> Related { get; init; } = ImmutableArray<(string, SyntaxNode)>.Empty;

    /// <summary>Names other code that has to do with it: "the loss", "the optimizer". An IDE jumps there.</summary>
    public Finding Near(string what, SyntaxNode? place) => place is null || place == Place ? this
        : this with { Related = Related.Add((what, place)) };

    public Finding Near(string what, Step step) => Near(what, step.Syntax);

    public Finding Near(string what, Event happened) => Near(what, happened.Operation.Syntax);

    /// <summary>Adds the fix: all of the edits, or none if any could not be made.</summary>
    public Finding Fix(string title, params IEnumerable<Edit>?[] edits) =>
        edits.Any(e => e is null) || !edits.Any(e => e!.Any()) ? this
            : this with { FixTitle = title, Edits = edits.SelectMany(e => e!).Distinct().ToImmutableArray() };

    public Diagnostic ToDiagnostic()
    {
        var properties = FixTitle is null ? ImmutableDictionary<string, string?>.Empty : FixProperties.Write(FixTitle, Edits);
        if (!Related.IsEmpty) properties = properties.Add(RelatedPlaces, string.Join("\n", Related.Select(r => r.What)));
        return Diagnostic.Create(Rule.Descriptor, Shown(Place), Related.Select(r => Shown(r.Place)), properties, Arguments.ToArray());
    }

    private const string RelatedPlaces = "nn.related";

    /// <summary>The other places of a diagnostic, each with what is there.</summary>
    public static IEnumerable<(string What, Location Place)> RelatedTo(Diagnostic diagnostic) =>
        diagnostic.Properties.TryGetValue(RelatedPlaces, out var what) && what is not null
            ? what.Split('\n').Zip(diagnostic.AdditionalLocations, (w, l) => (w, l)) : [];

    /// <summary>A declaration is shown by its name.</summary>
    private static Location Shown(SyntaxNode place) => place switch
    {
        ConstructorDeclarationSyntax { Identifier: var name } => name.GetLocation(),
        BaseTypeDeclarationSyntax { Identifier: var name } => name.GetLocation(),
        VariableDeclaratorSyntax { Identifier: var name } => name.GetLocation(),
        PropertyDeclarationSyntax { Identifier: var name } => name.GetLocation(),
        _ => place.GetLocation(),
    };
}
