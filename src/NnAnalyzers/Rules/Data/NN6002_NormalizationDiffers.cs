using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>A network is asked about numbers of another scale than those it was trained on.</summary>
internal sealed class NN6002_NormalizationDiffers() : Rule("NN6002", RuleLevel.Likely, Category.Data, RuleSource.Article,
    "Inputs are scaled otherwise than in training", "{0}; {1}")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from fed in project.FedBy(site).GroupBy(f => f.Input)
        let trained = fed.FirstOrDefault(f => f.IsTrained)
        where trained is not null
        from other in fed
        where !other.IsTrained && IsAlike(trained.Feed.Start, other.Feed.Start)
        let differ = Treatment.Differ(trained.Feed, other.Feed)
        let place = other.Feed.Origin?.Kind == OriginKind.Picture ? other.Feed.Start.Syntax : other.Argument
        where differ is not null && place is not null && !IsTrial(other, differ.Value.First.Count, trained, fed)
        group At(place, $"{trained.Applied.Layer!.Name} is trained on inputs {Said(differ.Value.First)}",
            $"here it gets them {Said(differ.Value.Second)}").Near("where it is trained", trained.Applied).Fix("Scale them as in training",
            differ.Value.Second.Count > 0 ? null
            : Edit.Treat(trained.Feed, differ.Value.First.Select(d => d.Step), place)) by place into same
        select same.First();

    /// <summary>Both come from the same code, or from files of the same kind.</summary>
    private static bool IsAlike(Step a, Step b) => a == b || a.Syntax is not null && a.Syntax == b.Syntax
        || a.Origin is { } origin && b.Origin is { } other && origin == other;

    /// <summary>What more is done makes other data, or asks how much the network bears: it gets the same as in training, too.</summary>
    private static bool IsTrial(Fed other, int missing, Fed trained, IEnumerable<Fed> all) => missing == 0
        && (other.Feed.MixesIn(trained.Feed) || all.Any(f => !f.IsTrained && f.Feed.Start == other.Feed.Start
        && Treatment.Differ(trained.Feed, f.Feed) is null));

    private static string Said(IReadOnlyList<(Step Step, string Text)> done) => done.Count == 0 ? "as they are"
        : $"after {string.Join(", ", done.Select(d => d.Text.Contains(" at ") || d.Text.Contains('(') ? d.Step.Op.Name : d.Text))}";

    /// <summary>A transform that nobody uses.</summary>
    public override IEnumerable<Finding> Check(SyntaxTree file, ProjectGraph project) =>
        from named in project.Named(file, n => n == "Normalize")
        where named.Symbol is IMethodSymbol method && DataSets.IsTransform(method)
        let call = named.Place.FirstAncestorOrSelf<InvocationExpressionSyntax>()
        where call is { Parent: EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Identifier.Text: var name } } }
        && !file.GetRoot().DescendantNodes().OfType<IdentifierNameSyntax>().Any(n => n.Identifier.Text == name)
        select At(call, "A transform is made", "nothing uses it, and the inputs stay as they are");
}
