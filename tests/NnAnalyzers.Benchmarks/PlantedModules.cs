using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace NnAnalyzers.Benchmarks;

/// <summary>
/// Mistakes in modules, weights and what meets the loss: layers that nobody registers, one that is made anew each time, one instance for
/// all, constant or unit-variance weights by each idiom, an activation that is missing, targets of another type or shape, axes that stand
/// elsewhere, data that is permuted alone, in order, or scaled twice.
/// </summary>
internal static class PlantedModules
{
    private const string Torch = "TorchSharp.torch.";

    private static readonly (string Kind, string Rules, string Code)[] Starts =
    [
        ("constant: foreach", "NN2002", "foreach (var planted in parameters()) if (planted.dim() > 1) INIT.constant_(planted, 0.1);"),
        ("constant: by name", "NN2002",
            "foreach (var (name, planted) in named_parameters()) if (name.EndsWith(\"weight\")) INIT.zeros_(planted);"),
        ("unit variance: foreach", "NN2001", "foreach (var planted in parameters()) if (planted.dim() > 1) INIT.normal_(planted);"),
        ("unit variance: by name", "NN2001",
            "foreach (var (name, planted) in named_parameters()) if (name.Contains(\"weight\")) INIT.normal_(planted, 0, 1);"),
        ("unit variance: apply", "NN2001", "apply(planted => { if (planted is TorchSharp.Modules.Linear l) INIT.normal_(l.weight); });"),
        ("unit variance: copy_", "NN2001", "using (TorchSharp.torch.no_grad()) foreach (var planted in parameters()) "
            + "if (planted.dim() > 1) planted.copy_(TorchSharp.torch.randn_like(planted));"),
    ];

    public static IEnumerable<Plant> In(SyntaxNode node)
    {
        if (node is not InvocationExpressionSyntax { ArgumentList.Arguments: var arguments } call)
        {
            if (node is ArgumentSyntax { NameColon.Name.Identifier.Text: "batchFirst" or "batch_first", Expression: var first }
                && first.IsKind(SyntaxKind.TrueLiteralExpression))
                yield return new("batch axis second", "NN3010", node, new TextChange(first.Span, "false"));
            if (node is ArgumentSyntax { NameColon.Name.Identifier.Text: "shuffle", Expression: var shuffle }
                && shuffle.IsKind(SyntaxKind.TrueLiteralExpression))
                yield return new("shuffle off", "NN6006", node, new TextChange(shuffle.Span, "false"));
            if (node is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.DivideExpression, Right: var by } scaled
                && by.ToString().TrimEnd('f').TrimEnd('0').TrimEnd('.') is "255")
                yield return new("normalized twice", "NN6008", node, new TextChange(scaled.Span, $"{scaled} / 255"));
            yield break;
        }
        var name = PlantedLayers.Name(call);
        var function = call.FirstAncestorOrSelf<MethodDeclarationSyntax>()?.Identifier.Text;
        switch (name)
        {
            case "RegisterComponents" when call.Parent is ExpressionStatementSyntax statement:
                yield return new("registration dropped", "NN7001", call, new TextChange(statement.Span, ";"));
                foreach (var (kind, rules, code) in StartsOf(call))
                    yield return new(kind, rules, call, new TextChange(new(statement.Span.End, 0), " " + Named(code)));
                break;
            case "RegisterComponents" when call.Parent is ArrowExpressionClauseSyntax { Parent: ConstructorDeclarationSyntax made } arrow:
                var whole = TextSpan.FromBounds(arrow.SpanStart, made.Span.End);
                yield return new("registration dropped", "NN7001", call, new TextChange(whole, "{ }"));
                foreach (var (kind, rules, code) in StartsOf(call))
                    yield return new(kind, rules, call, new TextChange(whole, $"{{ RegisterComponents(); {Named(code)} }}"));
                break;
            case "forward" or "call" when function is "forward" or "Forward"
                && call.Expression is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax field }
                && Creation(field) is { } creation:
                yield return new("layer made in forward", "NN7003", call, new TextChange(field.Span, creation));
                break;
            case "Select" when call.Expression is MemberAccessExpressionSyntax { Expression: InvocationExpressionSyntax
                { ArgumentList.Arguments: [_, var count] } range } && PlantedLayers.Name(range) == "Range"
                && arguments is [{ Expression: SimpleLambdaExpressionSyntax { ExpressionBody: { } body } each }]
                && !body.DescendantTokens().Any(t => t.Text == each.Parameter.Identifier.Text)
                && body.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>()
                    .Any(i => PlantedLayers.Name(i) is "Linear" or "Conv2d"):
                yield return new("one instance for all", "NN7008", call,
                    new TextChange(call.Span, $"System.Linq.Enumerable.Repeat({body}, {count.Expression})"));
                break;
            case "relu" when function is "forward" or "Forward" && arguments.Count == 1:
                yield return new("activation dropped", "NN1007 NN1015", call, new TextChange(call.Span, arguments[0].ToString()));
                break;
            case "ReLU" when call.Parent is ArgumentSyntax { Parent: ArgumentListSyntax { Arguments: { Count: > 2 } elements } } element
                && elements.IndexOf(element) is > 0 and var at:
                yield return new("activation dropped", "NN1007 NN1015", call,
                    new TextChange(TextSpan.FromBounds(elements[at - 1].Span.End, element.Span.End), ""));
                break;
            case "log_softmax" when arguments.Count is 1 or 2:
                yield return new("log-softmax dropped", "NN1014", call, new TextChange(call.Span, arguments.Count == 2
                    ? arguments[0].ToString() : ((MemberAccessExpressionSyntax)call.Expression).Expression.ToString()));
                break;
            case "sigmoid" when arguments.Count <= 1 && call.Expression is MemberAccessExpressionSyntax { Expression: var of }:
                yield return new("sigmoid dropped", "NN1014", call,
                    new TextChange(call.Span, arguments.Count == 1 ? arguments[0].ToString() : of.ToString()));
                break;
            case "cross_entropy" or "nll_loss" when arguments.Count > 1:
                yield return After("int32 labels", "NN3011", call, arguments[1], $".to({Torch}int32)");
                break;
            case "mse_loss" or "huber_loss" when arguments.Count > 1:
                yield return After("double targets", "NN3011", call, arguments[1], $".to({Torch}float64)");
                yield return After("columns for vectors", "NN3009 NN3003", call, arguments[1], ".squeeze(-1)");
                break;
        }
    }

    /// <summary>Those that meet a weight of the class: one that looks for Linear layers meets none where there is none.</summary>
    private static IEnumerable<(string Kind, string Rules, string Code)> StartsOf(SyntaxNode call)
    {
        var made = call.FirstAncestorOrSelf<TypeDeclarationSyntax>()!.DescendantNodes().OfType<InvocationExpressionSyntax>()
            .Select(PlantedLayers.Name).ToHashSet();
        return Starts.Where(s => made.Contains("Linear") || made.Contains("Conv2d") && !s.Code.Contains("Modules.Linear"));
    }

    private static string Named(string code) => code.Replace("INIT", Torch + "nn.init");

    private static Plant After(string kind, string rules, SyntaxNode at, ArgumentSyntax argument, string code) =>
        new(kind, rules, at, new TextChange(argument.Expression.Span, $"({argument.Expression}){code}"));

    /// <summary>What makes the layer of a field with weights.</summary>
    private static string? Creation(IdentifierNameSyntax field)
    {
        var members = field.FirstAncestorOrSelf<TypeDeclarationSyntax>()!;
        var made = members.DescendantNodes().Select(n => n switch
        {
            VariableDeclaratorSyntax { Initializer.Value: var value } v when v.Identifier.Text == field.Identifier.Text => value,
            AssignmentExpressionSyntax { Left: IdentifierNameSyntax left, Right: var value }
                when left.Identifier.Text == field.Identifier.Text => value,
            _ => null,
        }).OfType<InvocationExpressionSyntax>().FirstOrDefault();
        return made is not null && PlantedLayers.Name(made) is "Linear" or "Conv1d" or "Conv2d" or "Dropout" ? made.ToString() : null;
    }
}
