using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;

namespace NnAnalyzers.Reading;

/// <summary>Which variables and fields code assigns, from its text alone: what a loop changes is not known when its body starts.</summary>
internal static class Assigned
{
    private static readonly ConditionalWeakTable<SyntaxNode, HashSet<string>> Cache = new();

    /// <summary>The names that are assigned in a loop.</summary>
    public static HashSet<string> In(SyntaxNode loop) => Cache.GetValue(loop, Find);

    /// <summary>Whether any method of its class changes a field or property once the object is made.</summary>
    public static bool IsLater(ISymbol member) =>
        member is not IFieldSymbol { IsReadOnly: true } and not IPropertySymbol { SetMethod: null }
        && member.ContainingType.DeclaringSyntaxReferences.Any(r => Cache.GetValue(r.GetSyntax(), FindLater).Contains(member.Name));

    private static HashSet<string> FindLater(SyntaxNode type) =>
        new(type.ChildNodes().OfType<MemberDeclarationSyntax>()
        .Where(m => m is not ConstructorDeclarationSyntax and not TypeDeclarationSyntax)
            .SelectMany(Find), StringComparer.Ordinal);

    private static HashSet<string> Find(SyntaxNode code)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in code.DescendantNodes())
            switch (node)
            {
                case AssignmentExpressionSyntax assignment: Add(assignment.Left, names); break;
                case PrefixUnaryExpressionSyntax unary when unary.IsKind(SyntaxKind.PreIncrementExpression)
                    || unary.IsKind(SyntaxKind.PreDecrementExpression):
                    Add(unary.Operand, names);
                    break;
                case PostfixUnaryExpressionSyntax unary: Add(unary.Operand, names); break;
                case ArgumentSyntax { RefKindKeyword.RawKind: not 0 } argument: Add(argument.Expression, names); break;
            }
        return names;
    }

    private static void Add(ExpressionSyntax target, HashSet<string> names)
    {
        switch (target)
        {
            case IdentifierNameSyntax name: names.Add(name.Identifier.ValueText); break;
            case MemberAccessExpressionSyntax access: names.Add(access.Name.Identifier.ValueText); break;
            case TupleExpressionSyntax tuple:
                foreach (var element in tuple.Arguments) Add(element.Expression, names);
                break;
        }
    }
}
