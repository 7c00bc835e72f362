using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>A tensor is moved or converted, and the new tensor that comes out is thrown away.</summary>
internal sealed class NN7006_MoveResultDiscarded() : Rule("NN7006", RuleLevel.Likely, Category.Modules, RuleSource.TorchSharp,
    "Result of a move is thrown away", "{0} leaves {1} as it is and returns another tensor, which is thrown away")
{
    public override IEnumerable<Finding> Check(SyntaxTree file, ProjectGraph project) =>
        from name in project.Named(file, Effects.Moves, n => n.Parent?.Parent?.Parent is ExpressionStatementSyntax)
        where Effects.IsTensorMove(name.Symbol)
        let called = name.Place.Parent as MemberAccessExpressionSyntax
        let move = called?.Parent as InvocationExpressionSyntax
        where called?.Name == name.Place && move?.Parent is ExpressionStatementSyntax
        // What has no name is there for what else the call does: it wakes a device up, or tries whether there is one.
        let tensor = called.Expression
        where tensor is IdentifierNameSyntax or MemberAccessExpressionSyntax or ElementAccessExpressionSyntax
            && !name.Place.Ancestors().TakeWhile(a => a is not MemberDeclarationSyntax).Any(a => a is TryStatementSyntax)
        let finding = At(move, name.Symbol.Name, tensor.ToString())
        select project.IsAssignable(tensor, ((IMethodSymbol)name.Symbol).ReturnType)
            ? finding.Fix($"Assign it to {tensor}", Edit.Replace(move, $"{tensor} = {move}")) : finding;
}
