using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace NnAnalyzers.Benchmarks;

/// <summary>
/// Mistakes in what a network is given: a normalization dropped, a test scaled otherwise than the training, a range of 1e6, a color map
/// that is not uniform. What is called Normalize, a division by 255, and (x - a) / b with a deviation for b are normalizations.
/// </summary>
internal static partial class PlantedData
{
    private static readonly HashSet<string> Losses = ["mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"];

    public static IEnumerable<Plant> In(SyntaxNode node, SemanticModel model)
    {
        if (Normalized(node) is { } raw && !node.Ancestors().Any(a => Normalized(a) is not null))
            yield return new($"{(IsForTest(node) ? "test" : "training")}: not scaled", "NN6001 NN6002", node,
                new TextChange(node.Span, raw));
        if (node is IdentifierNameSyntax { Identifier.Text: "Viridis" or "Turbo" or "Magma" or "Plasma" or "Inferno" } map)
            yield return new("jet", "NN6005", node, new TextChange(map.Span, "Jet"));
        if (node is not InvocationExpressionSyntax { ArgumentList.Arguments: [var given, ..] arguments } call) yield break;
        var name = PlantedLayers.Name(call);
        var applied = name is "forward" or "call" && call.Expression is MemberAccessExpressionSyntax { Expression: var module }
            ? model.GetTypeInfo(module).Type : null;
        if (arguments.Count > 1 && IsTensor(arguments[1]) && !IsAsked(call) && (Losses.Contains(name ?? "")
            || applied?.Name is "MSELoss" or "L1Loss" or "SmoothL1Loss" or "HuberLoss"))
            yield return new("targets × 1e6", "NN6003", call, Times(arguments[1], "1e6"));
        if (!IsModule(applied) || Bases(applied).Any(b => b.Contains("Loss")) || !IsTensor(given)
            || IsModule(model.GetEnclosingSymbol(call.SpanStart)?.ContainingType)) yield break;
        yield return IsAsked(call) ? new("test: inputs × 255", "NN6002", call, Times(given, "255"))
            : new("training: inputs × 1e6", "NN6003", call, Times(given, "1e6"));

        bool IsTensor(ArgumentSyntax argument) => model.GetTypeInfo(argument.Expression).Type?.Name == "Tensor";
    }

    private static TextChange Times(ArgumentSyntax argument, string factor) =>
        new(argument.Expression.Span, $"({argument.Expression}) * {factor}");

    private static bool IsModule(ITypeSymbol? type) => Bases(type).Any(b => b.EndsWith("Module", StringComparison.Ordinal));

    private static IEnumerable<string> Bases(ITypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType) yield return type.Name;
    }

    /// <summary>What stands there without the normalization; null where there is none.</summary>
    private static string? Normalized(SyntaxNode node) => node switch
    {
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.DivideExpression, Left: var left, Right: var by } =>
            Bytes().IsMatch(by.ToString()) ? Inner(left).ToString()
            : Deviation().IsMatch(by.ToString()) && left is ParenthesizedExpressionSyntax
                { Expression: BinaryExpressionSyntax { RawKind: (int)SyntaxKind.SubtractExpression, Left: var whole } }
                ? Inner(whole).ToString() : null,
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var pixels, Name.Identifier.Text: "mul" } } call
            when call.ArgumentList.ToString().Replace(" ", "").StartsWith("(1/255", StringComparison.Ordinal) => pixels.ToString(),
        InvocationExpressionSyntax { ArgumentList.Arguments: [{ Expression: IdentifierNameSyntax or ElementAccessExpressionSyntax } given,
            ..] } call when PlantedLayers.Name(call) is "Normalize" or "Standardize" => given.ToString(),
        // A transform that is handed in.
        IdentifierNameSyntax { Parent: ArgumentSyntax } used when used.FirstAncestorOrSelf<MethodDeclarationSyntax>()?.DescendantNodes()
            .OfType<VariableDeclaratorSyntax>().FirstOrDefault(v => v.Identifier.Text == used.Identifier.Text)?.Initializer?.Value
            .ToString().Contains("transforms.Normalize(") == true => "null",
        _ => null,
    };

    /// <summary>A division by 255 that is standardized afterwards goes with it.</summary>
    private static ExpressionSyntax Inner(ExpressionSyntax scaled) => scaled is BinaryExpressionSyntax
        { RawKind: (int)SyntaxKind.DivideExpression, Left: var bytes, Right: var by } && Bytes().IsMatch(by.ToString()) ? bytes : scaled;

    /// <summary>What it is assigned to, or handed in together with, speaks of a test.</summary>
    private static bool IsForTest(SyntaxNode node)
    {
        if (node.Parent is ArgumentSyntax { Parent: TupleExpressionSyntax tuple } element
            && Targets(tuple).ElementAtOrDefault(tuple.Arguments.IndexOf(element)) is { } name) return Test().IsMatch(name);
        return Test().IsMatch(node.Parent is ArgumentSyntax { Parent.Parent: var call } ? call!.ToString()
            : node.FirstAncestorOrSelf<VariableDeclaratorSyntax>()?.Identifier.Text ?? "");
    }

    private static string[] Targets(TupleExpressionSyntax values) => values.Parent is AssignmentExpressionSyntax { Left: var left }
        ? left.ToString().Replace("var", "").Trim('(', ')', ' ').Split(',') : [];

    /// <summary>Behind no_grad or eval, with no backward or train between.</summary>
    private static bool IsAsked(SyntaxNode call)
    {
        var method = call.Ancestors().FirstOrDefault(a => a is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax)
            ?? call.SyntaxTree.GetRoot();
        var text = method.ToString()[..(call.SpanStart - method.SpanStart)];
        return Asks().Matches(text).LastOrDefault()?.Index > (Trains().Matches(text).LastOrDefault()?.Index ?? -1);
    }

    [GeneratedRegex(@"^25[56](\.0*)?f?$")]
    private static partial Regex Bytes();

    [GeneratedRegex(@"std|deviation|spread|sigma|^0\.\d+f?$", RegexOptions.IgnoreCase)]
    private static partial Regex Deviation();

    [GeneratedRegex(@"test|valid|held|\bfalse\b(?!\))|t10k", RegexOptions.IgnoreCase)]
    private static partial Regex Test();

    [GeneratedRegex(@"no_grad|inference_mode|\.eval\(\)")]
    private static partial Regex Asks();

    [GeneratedRegex(@"\.backward\(|\.train\(\)|enable_grad")]
    private static partial Regex Trains();
}
