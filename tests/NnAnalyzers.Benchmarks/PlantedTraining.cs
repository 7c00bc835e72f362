using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace NnAnalyzers.Benchmarks;

/// <summary>
/// Mistakes in the order, the modes, the way of the gradient and the memory of training code, and in how losses are written.
/// </summary>
internal static partial class PlantedTraining
{
    public static IEnumerable<Plant> In(SyntaxNode node) => node switch
    {
        ExpressionStatementSyntax { Expression: InvocationExpressionSyntax call } statement => InStatement(statement, call),
        LocalDeclarationStatementSyntax declaration => InDeclaration(declaration),
        UsingStatementSyntax { Expression: InvocationExpressionSyntax call } open when PlantedLayers.Name(call) == "no_grad" =>
            [new("no_grad not disposed of", "NN4011", open, Replaced(open, $"TorchSharp.torch.no_grad(); {open.Statement}"))],
        InvocationExpressionSyntax call => InCall(call),
        AssignmentExpressionSyntax { Right: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax
            { Name.Identifier.Text: "detach", Expression: var kept } } cut, Parent: ExpressionStatementSyntax } carried
            when carried.Ancestors().Any(IsLoop) => [new("state not detached", "NN4024", carried, Replaced(cut, kept.ToString()))],
        _ => [],
    };

    private static IEnumerable<Plant> InStatement(ExpressionStatementSyntax statement, InvocationExpressionSyntax call)
    {
        if (call.Expression is not MemberAccessExpressionSyntax { Expression: var on, Name.Identifier.Text: var name }) yield break;
        var root = statement.SyntaxTree.GetRoot();
        bool IsOnly() => root.DescendantNodes().OfType<ExpressionStatementSyntax>().Count(s => s.ToString() == statement.ToString()) == 1;
        var (block, loop) = (statement.Parent as BlockSyntax, statement.Ancestors().LastOrDefault(IsLoop));
        var later = block?.Statements.SkipWhile(s => s != statement).Skip(1).ToList() ?? [];
        switch (name)
        {
            case "zero_grad" when loop is not null:
                if (IsOnly()) yield return new("zero_grad dropped", "NN4005", statement, Replaced(statement, ";"));
                if (later.FirstOrDefault(s => IsCall(s, "backward")) is { } back && later.Any(s => s.ToString() == $"{on}.step();"))
                    yield return new("zero_grad behind backward", "NN4006", statement, Replaced(statement, ";"),
                        new(new TextSpan(back.Span.End, 0), $" {statement}"));
                break;
            case "backward" when loop is not null:
                if (later.FirstOrDefault(s => IsCall(s, "step")) is { } step)
                    yield return new("step before backward", "NN4006", statement, Replaced(statement, step.ToString()),
                        Replaced(step, statement.ToString()));
                if (on is IdentifierNameSyntax)
                {
                    yield return new("backward twice", "NN4006", statement, new TextChange(new(statement.Span.End, 0), $" {statement}"));
                    if (loop.Parent is BlockSyntax && later.Count > 0)
                        yield return new("loss kept", "NN4010", statement, new TextChange(new(loop.SpanStart, 0),
                            "var planted = new System.Collections.Generic.List<TorchSharp.torch.Tensor>(); "),
                            new(new TextSpan(later[^1].Span.End, 0), $" planted.Add({on});"));
                    yield return new("loss made of a number", "NN4016", statement,
                        Replaced(on, $"TorchSharp.torch.tensor({on}.item<float>(), requires_grad: true)"));
                }
                yield return new("loss detached", "NN4016", statement, Replaced(on, $"{on}.detach()"));
                yield return new("loss negated", "NN4020", statement, Replaced(on, $"(-{on})"));
                break;
            case "eval":
                yield return new("eval dropped", "NN4007", statement, Replaced(statement, ";"));
                break;
            case "train" when loop is not null:
                yield return new("train dropped", "NN4014", statement, Replaced(statement, ";"));
                break;
            case "load_state_dict" when call.ArgumentList.Arguments is [{ Expression: InvocationExpressionSyntax { Expression:
                MemberAccessExpressionSyntax { Name.Identifier.Text: "state_dict", Expression: var source } } }]
                && root.DescendantNodes().OfType<VariableDeclaratorSyntax>()
                .FirstOrDefault(v => v.Identifier.Text == on.ToString()) is { Initializer.Value: BaseObjectCreationExpressionSyntax made }:
                yield return new("one object for two roles", "NN4026", statement, Replaced(made, source.ToString()));
                break;
        }
    }

    private static IEnumerable<Plant> InDeclaration(LocalDeclarationStatementSyntax declaration)
    {
        if (declaration.Declaration.Variables is not [{ Initializer.Value: InvocationExpressionSyntax made } variable]) yield break;
        var isOpened = declaration.UsingKeyword.RawKind != 0;
        if (isOpened && PlantedLayers.Name(made) == "no_grad")
            yield return new("no_grad not disposed of", "NN4011", declaration, Replaced(declaration, "TorchSharp.torch.no_grad();"));
        if (isOpened && PlantedLayers.Name(made) == "NewDisposeScope" && declaration.Ancestors().Any(IsLoop)
            && !Names(declaration.Parent!, variable).Any())
            yield return new("scope dropped", "NN7005", declaration, Replaced(declaration, ";"));
        if (made.Expression.ToString().Contains("optim.") && PlantedLayers.Name(made) is "Adam" or "AdamW"
            && declaration.Parent is BlockSyntax block && !declaration.Ancestors().Any(IsLoop)
            && block.Statements.FirstOrDefault(s => IsLoop(s) && s.SpanStart > declaration.SpanStart) is { } loop
            && loop.DescendantNodes().OfType<ExpressionStatementSyntax>().FirstOrDefault(s => s.Parent is BlockSyntax
                && s.ToString() == $"{variable.Identifier}.zero_grad();") is { } clears
            && Names(block, variable).All(n => clears.Parent!.Span.Contains(n.Span)))
            yield return new("optimizer made in the loop", "NN4013", declaration, Replaced(declaration, ";"),
                new(new TextSpan(((BlockSyntax)clears.Parent!).Statements[0].SpanStart, 0), $"{declaration} "));
    }

    private static IEnumerable<Plant> InCall(InvocationExpressionSyntax call)
    {
        var (name, arguments) = (PlantedLayers.Name(call), call.ArgumentList.Arguments);
        switch (name)
        {
            case "dropout" when arguments.FirstOrDefault(a => a.ToString().Contains("training")) is { } training && arguments.Count > 1:
                yield return new("dropout always on", "NN4012", call, Replaced(call.ArgumentList,
                    $"({string.Join(", ", arguments.Where(a => a != training))})"));
                break;
            case "softmax" or "log_softmax" or "Softmax" or "LogSoftmax" when arguments.LastOrDefault() is { Expression: var axis }
                && Last().IsMatch(axis.ToString()):
                yield return new("softmax over the batch", "NN4017", call, Replaced(axis, "0"));
                if (name == "log_softmax") yield return new("log of softmax", "NN4025", call, Replaced(call,
                    call.ToString().Replace("log_softmax(", "softmax(") + ".log()"));
                break;
            case "mse_loss" or "l1_loss" or "smooth_l1_loss" or "cross_entropy" or "nll_loss" or "binary_cross_entropy"
                or "binary_cross_entropy_with_logits" when arguments.Count is 2 && arguments.All(a => a.NameColon is null):
                if (name is not ("mse_loss" or "l1_loss" or "smooth_l1_loss"))
                    yield return new("loss arguments swapped", "NN4018", call, Replaced(arguments[0], arguments[1].ToString()),
                        Replaced(arguments[1], arguments[0].ToString()));
                yield return new("sum for mean", "NN4023", call, new TextChange(new(arguments[1].Span.End, 0),
                    ", reduction: TorchSharp.torch.nn.Reduction.Sum"));
                yield return new("prediction rounded", "NN4016", call, Replaced(arguments[0], $"({arguments[0]}).round()"));
                break;
        }
    }

    private static IEnumerable<IdentifierNameSyntax> Names(SyntaxNode code, VariableDeclaratorSyntax variable) =>
        code.DescendantNodes().OfType<IdentifierNameSyntax>().Where(n => n.Identifier.Text == variable.Identifier.Text);

    private static bool IsCall(StatementSyntax statement, string name) =>
        statement is ExpressionStatementSyntax { Expression: InvocationExpressionSyntax call } && PlantedLayers.Name(call) == name
        && call.ArgumentList.Arguments.Count == 0;

    private static bool IsLoop(SyntaxNode node) =>
        node is ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax;

    private static TextChange Replaced(SyntaxNode node, string text) => new(node.Span, text);

    [GeneratedRegex(@"^-?1$")]
    private static partial Regex Last();
}
