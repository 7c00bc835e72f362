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
        var all = project.FedBy(site).Where(f => f.Network == fed.Network && f.Input == fed.Input).ToList();
        var (isByte, way) = (fed.Feed.Origin!.Kind == OriginKind.Byte, fed.Feed.Way);
        var data = Scope.VariableOf(way, way.Skip(1).Append(fed.Applied).ToList(), fed.Applied.Syntax!);
        var isWhole = isByte && !way.TakeWhile(s => s != data?.Tensor).Concat(data is null ? [] : [data.Value.Tensor])
            .Any(s => s.Role == Role.Identity && s.Syntax?.ToString().IndexOf("float", StringComparison.OrdinalIgnoreCase) >= 0);
        var finding = At(place, isByte ? "Bytes" : "Columns of a file", name,
            isByte ? "0 to 255 instead of about -1 to 1" : "a column of large numbers drowns the others");
        return Edit.Standardize(data, all.Select(f => f.Argument), isWhole) is { } edits
            ? finding.Fix("Give the inputs a mean of 0 and a deviation of 1", edits) : !isByte ? finding
            : finding.Fix("Divide the bytes by 255", Edit.All(all.Where(f => f.Feed.IsRaw).Select(f => f.Feed.Start.Syntax).Distinct()
            .Select(e => e is ExpressionSyntax bytes ? Edit.Calculate(bytes, "{0} / 255f") : null)));
    }
}
