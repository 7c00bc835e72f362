using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>What switches gradients off is never disposed of, and so never switches them on again.</summary>
internal sealed class NN4011_NoGradNotDisposed() : Rule("NN4011", RuleLevel.Likely, Category.Training, RuleSource.TorchSharp,
    "no_grad is not disposed of", "{0} switches gradients off until its result is disposed of, and nothing keeps that: this thread learns "
    + "nothing from here on")
{
    public override IEnumerable<Finding> Check(SyntaxTree file, ProjectGraph project)
    {
        var named = project.Named(file, n => Effects.Gradients(n) is not null).Where(n => Effects.IsGradientSwitch(n.Symbol)).ToList();
        var calls = named.Select(n => n.Place.FirstAncestorOrSelf<InvocationExpressionSyntax>()!).Where(c => c is not null).ToList();
        // Two switches, off and on again, are as good as a scope, and where nothing trains nothing is switched on again.
        var isSwitchedBack = !project.Trains || calls.Any(c => Effects.Switches(c) == true && Statement(c) is not null);
        return from call in calls
               where Effects.Switches(call) == false && !(isSwitchedBack && Effects.IsSwitch(call))
               let statement = Statement(call)
               where statement is not null && !calls.Any(c => c.SpanStart < call.SpanStart && Effects.Switches(c) == false
                   && Statement(c)?.Parent is BlockSyntax before && before.Span.Contains(call.Span))
               select At(call, Effects.NameOf(call)).Fix("Switch gradients off until the block ends",
                   Edit.IsSaidBehind(statement, "backward") ? null : Edit.Keep(statement, call, "noGrad"));
    }

    /// <summary>The statement that does nothing but call it, or assigns the result to a discard.</summary>
    private static ExpressionStatementSyntax? Statement(InvocationExpressionSyntax call) => call.Parent switch
    {
        ExpressionStatementSyntax alone => alone,
        AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" }, Parent: ExpressionStatementSyntax thrown }
            => thrown,
        _ => null,
    };
}
