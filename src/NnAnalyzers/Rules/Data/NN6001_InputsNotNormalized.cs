using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>Numbers of a file meet the first layer as they were read: bytes, or columns of whatever size.</summary>
internal sealed class NN6001_InputsNotNormalized() : Rule("NN6001", RuleLevel.Likely, Category.Data, RuleSource.Article,
    "Inputs are not normalized", "{0} go into {1} as they are read: {2}")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from fed in project.FedBy(site)
        where fed.IsTrained && fed.Feed is { IsRaw: true, IsNamedScaled: false } && Feed.GoesStraightIn(fed.Input)
        && fed.Feed.Start.Syntax is ExpressionSyntax place && !project.WritesFiles(place)
        group fed by fed.Feed.Start.Syntax into same
        select Of(same.First(), site, project);

    private Finding Of(Fed fed, TrainingSite site, ProjectGraph project)
    {
        var (place, name) = (fed.Feed.Start.Syntax!, fed.Applied.Layer!.Name);
        var (all, way, isByte) = (project.FedLike(fed), fed.Feed.WithItsColumns, fed.Feed.Origin!.Kind == OriginKind.Byte);
        var finding = At(place, isByte ? "Bytes" : "Columns of a file", name,
            isByte ? "0 to 255 instead of about -1 to 1" : "a column of large numbers drowns the others");
        var data = Scope.VariableOf(way, fed.Applied);
        if (all.All(f => f.Feed.Scalings.Count == 0)
            && Edit.Standardize(data, all.Select(f => f.Argument), isByte && !IsFloat(fed.Feed.Way, data?.Tensor)) is { } edits)
            return finding.Fix("Give the inputs a mean of 0 and a deviation of 1", edits);
        var starts = all.Where(f => f.Feed.IsRaw).Select(f => f.Feed.Start.Syntax as ExpressionSyntax).Distinct().ToList();
        return isByte && all.All(f => f.Feed.IsRaw || f.IsKnown && !starts.Contains(f.Feed.Start.Syntax as ExpressionSyntax))
            && !AreClasses(starts, site, project)
            ? finding.Fix("Divide the bytes by 255", Edit.All(starts.Select(e => e is null ? null : Edit.Calculate(e, "{0} / 255f"))))
            : finding;
    }

    /// <summary>The numbers were made floating by the time a tensor holds them.</summary>
    private static bool IsFloat(IReadOnlyList<Step> way, Step? tensor) => way.Take(way.ToList().IndexOf(tensor!) + 1)
        .Any(s => s.Role == Role.Identity && s.Syntax?.ToString().IndexOf("float", StringComparison.OrdinalIgnoreCase) >= 0);

    /// <summary>The labels stand among the bytes.</summary>
    private static bool AreClasses(IReadOnlyList<ExpressionSyntax?> starts, TrainingSite site, ProjectGraph project) =>
        project.LossesOf(site).Any(u => u is { Target: { } target, Op.Domain: not LossDomain.AnyNumber }
        && starts.Contains(Feed.Of(target).Start.Syntax));
}
