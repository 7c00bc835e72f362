using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace NnAnalyzers.Benchmarks;

/// <summary>
/// Mistakes in what a network is made of: all of a class's pooling dropped, 512 filters (the sizes are made to fit afterwards), and
/// weights that start with a deviation of 1 in a class that normalizes batches.
/// </summary>
internal static partial class PlantedLayers
{
    public static bool ChangesSizes(string kind) => kind is "pooling dropped" or "512 filters";

    public static IEnumerable<Plant> In(SyntaxNode node) => node switch
    {
        InvocationExpressionSyntax { ArgumentList.Arguments: { Count: >= 2 } arguments } call when Name(call) is "Conv1d" or "Conv2d"
            && !(int.TryParse(arguments[1].Expression.ToString(), out var filters) && filters >= 512) =>
            [new("512 filters", "NN1008", call, new TextChange(arguments[1].Expression.Span, "512"))],
        TypeDeclarationSyntax type when Pools(type).ToArray() is { Length: > 0 } pools => [new("pooling dropped", "NN1009", pools[0].At,
            [.. pools.SelectMany(p => p.Change)])],
        ConstructorDeclarationSyntax { Body: { } body, Parent: TypeDeclarationSyntax type } when type.ToString().Contains("BatchNorm")
            && body.Statements.FirstOrDefault(s => s.ToString() == "RegisterComponents();") is { } registers => Starts(type, registers),
        _ => [],
    };

    private static IEnumerable<(SyntaxNode At, TextChange[] Change)> Pools(TypeDeclarationSyntax type)
    {
        foreach (var node in type.DescendantNodes().Where(n => n.FirstAncestorOrSelf<TypeDeclarationSyntax>(t => t != n) == type))
            if (node is InvocationExpressionSyntax call && Module().IsMatch(Name(call) ?? ""))
                yield return (call, [new(call.Span, "TorchSharp.torch.nn.Identity()")]);
            else if (node is InvocationExpressionSyntax { ArgumentList.Arguments: [var first, ..] } applied
                && Function().IsMatch(Name(applied) ?? "")
                && applied.FirstAncestorOrSelf<MethodDeclarationSyntax>()?.Identifier.Text is "forward" or "Forward")
                yield return (applied, [new(TextSpan.FromBounds(applied.SpanStart, first.Expression.SpanStart), ""),
                    new(TextSpan.FromBounds(first.Expression.Span.End, applied.Span.End), "")]);
            else if (node is IdentifierNameSyntax { Parent: not (InvocationExpressionSyntax or MemberAccessExpressionSyntax) } name
                && Module().IsMatch(name.Identifier.Text))
                yield return (name, [new(name.Span, "TorchSharp.Modules.Identity")]);
    }

    private static IEnumerable<Plant> Starts(TypeDeclarationSyntax type, StatementSyntax registers)
    {
        const string draw = "TorchSharp.torch.nn.init.normal_";
        yield return new("start of 1, all layers", "NN1010", registers, new TextChange(new(registers.Span.End, 0),
            $" foreach (var planted in parameters()) if (planted.dim() > 1) {draw}(planted, 0, 1);"));
        foreach (var field in type.Members.OfType<FieldDeclarationSyntax>())
            if (Layer().IsMatch(field.Declaration.Type.ToString()))
                foreach (var layer in field.Declaration.Variables)
                    yield return new("start of 1, one layer", "NN1010", layer, new TextChange(new(registers.Span.End, 0),
                        $" {draw}({layer.Identifier}.weight, 0, 1);"));
    }

    public static string? Name(InvocationExpressionSyntax call) => call.Expression switch
    {
        SimpleNameSyntax name => name.Identifier.Text,
        MemberAccessExpressionSyntax access => access.Name.Identifier.Text,
        _ => null,
    };

    [GeneratedRegex("^(Adaptive)?(Max|Avg)Pool[12]d$")]
    private static partial Regex Module();

    [GeneratedRegex("^(adaptive_)?(max|avg)_pool[12]d$")]
    private static partial Regex Function();

    [GeneratedRegex(@"^([\w.]+\.)?(Linear|Conv[12]d)$")]
    private static partial Regex Layer();
}
