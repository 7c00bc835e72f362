using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>Numbers are drawn in colors whose brightness goes up and down.</summary>
internal sealed class NN6005_ColormapNotUniform() : Rule("NN6005", RuleLevel.Likely, Category.Data, RuleSource.Article,
    "Color map that is not uniform", "{0} shows edges that are not in the data and hides some that are: its brightness goes up and down")
{
    /// <summary>What comes round to its start is drawn in colors that do.</summary>
    private static readonly string[] Cyclic = ["phase", "angle", "hue", "orient", "direction", "flow", "cycl", "wheel"];

    public override IEnumerable<Finding> Check(SyntaxTree file, ProjectGraph project) =>
        from name in project.Named(file, Colormaps.IsNamed)
        where !IsCyclic(name.Place)
        let finding = Colormaps.IsUneven(name.Symbol) ? At(name.Place, name.Symbol.Name)
            .Fix($"Use {Colormaps.Even}", Colormaps.HasEven(name.Symbol) ? Edit.Replace(name.Place, Colormaps.Even) : null)
            : Colormaps.IsOfHue(name.Symbol) && IsRampOfHue(name.Place) ? At(name.Place, "A ramp of hues") : null
        where finding is not null
        select finding;

    private static bool IsCyclic(SyntaxNode place) =>
        (place.FirstAncestorOrSelf<MethodDeclarationSyntax>() ?? (SyntaxNode?)place.FirstAncestorOrSelf<StatementSyntax>() ?? place)
        .DescendantTokens().Any(t => t.SpanStart != place.SpanStart
        && Cyclic.Any(c => t.ValueText.IndexOf(c, StringComparison.OrdinalIgnoreCase) >= 0));

    /// <summary>The hue is worked out, and the two others stay: a number becomes a color.</summary>
    private static bool IsRampOfHue(SyntaxNode place) =>
        place.AncestorsAndSelf().Select(n => n switch
        {
            InvocationExpressionSyntax call => call.ArgumentList,
            BaseObjectCreationExpressionSyntax made => made.ArgumentList,
            _ => null,
        }).FirstOrDefault(l => l is not null)?.Arguments is { Count: >= 3 } arguments
        && arguments[0].Expression is BinaryExpressionSyntax && arguments.Skip(1).Take(2).All(a => a.Expression is LiteralExpressionSyntax);
}
