using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>Dropout as a function does not know the mode of the module that calls it, and nobody tells it.</summary>
internal sealed class NN4012_DropoutAlwaysOn() : Rule("NN4012", RuleLevel.Likely, Category.Training, RuleSource.TorchSharp,
    "Dropout is always on", "{0} drops values in evaluation mode, too: it is not told the mode of {1}")
{
    public override IEnumerable<Finding> Check(Network network, ProjectGraph project) =>
        from step in network.Steps
        where step is { Role: Role.Dropout, Layer: null, Operation: IInvocationOperation, PredictionOnly: false }
        let call = (IInvocationOperation)step.Operation!
        let told = call.Arguments.FirstOrDefault(a => a.Parameter?.Name == Effects.TrainingMode)
        where told?.ArgumentKind == ArgumentKind.DefaultValue && step.Arguments.ValueOf("p")?.Number != 0
            && step.When.Path.Decides(Truth.Training) is null && !IsMeant(call.Syntax)
        select At(call.Syntax, call.TargetMethod.Name, network.Name).Fix("Drop values in training mode only",
            IsInModule(call.Syntax, network) ? Edit.SetArgument(call, told.Parameter!, Effects.TrainingMode) : null);

    /// <summary>Where code speaks of many answers, their spread is what is asked for.</summary>
    private static bool IsMeant(SyntaxNode call) => call.FirstAncestorOrSelf<TypeDeclarationSyntax>()?.DescendantTokens()
        .Any(t => SamplingNames.IsIn(t.ValueText)) == true;

    /// <summary>Whether <c>training</c> means the network's mode there.</summary>
    private static bool IsInModule(SyntaxNode call, Network network) =>
        call.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } type
        && network.Type?.DeclaringSyntaxReferences.Any(r => r.SyntaxTree == type.SyntaxTree && r.Span == type.Span) == true
        && call.Ancestors().TakeWhile(a => a != type).All(a => a is not (BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax
            or AnonymousFunctionExpressionSyntax or PropertyDeclarationSyntax) || !Modifiers(a).Any(m => m.ValueText == "static")
            && !a.DescendantTokens().Any(t => t.ValueText == Effects.TrainingMode && t.Parent is ParameterSyntax
                or VariableDeclaratorSyntax or SingleVariableDesignationSyntax));

    private static SyntaxTokenList Modifiers(SyntaxNode code) => code switch
    {
        MemberDeclarationSyntax member => member.Modifiers,
        LocalFunctionStatementSyntax function => function.Modifiers,
        AnonymousFunctionExpressionSyntax function => function.Modifiers,
        _ => default,
    };
}
