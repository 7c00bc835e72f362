using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace NnAnalyzers.Reading;

/// <summary>Parts of a class in an order of their own: a compiler gives them in the order in which it was told its files.</summary>
internal static class Declarations
{
    /// <summary>The first declaration of a type.</summary>
    public static SyntaxReference First(INamedTypeSymbol type) =>
        type.DeclaringSyntaxReferences is [var only] ? only : InOrder(type.DeclaringSyntaxReferences).First();

    /// <summary>The members as they are written, file by file.</summary>
    public static IEnumerable<ISymbol> Members(INamedTypeSymbol type) => type.DeclaringSyntaxReferences.Length < 2 ? type.GetMembers()
        : type.GetMembers().OrderBy(m => m.DeclaringSyntaxReferences is [var place, ..] ? place.SyntaxTree.FilePath : "",
        StringComparer.Ordinal)
            .ThenBy(m => m.DeclaringSyntaxReferences is [var place, ..] ? place.Span.Start : 0);

    /// <summary>A type and its base types, the nearest first.</summary>
    public static IEnumerable<INamedTypeSymbol> Ancestors(INamedTypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType) yield return type;
    }

    private static IEnumerable<SyntaxReference> InOrder(ImmutableArray<SyntaxReference> all) =>
        all.OrderBy(r => r.SyntaxTree.FilePath, StringComparer.Ordinal).ThenBy(r => r.Span.Start);
}
