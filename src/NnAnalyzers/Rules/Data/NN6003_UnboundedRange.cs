using System.Globalization;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>Numbers of several orders of magnitude go into a network, or stand as what it should learn, as they are.</summary>
internal sealed class NN6003_UnboundedRange() : Rule("NN6003", RuleLevel.Likely, Category.Data, RuleSource.Article,
    "Range of several orders of magnitude", "{0} {1} {2}: a network starts with outputs of about 1 and weights for inputs of about 1")
{
    /// <summary>A choice of ours: bytes stay below, and the smallest range that was trained on is 2e5 (docs/evidence).</summary>
    private const double Large = 1e4;

    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from fed in project.FedBy(site)
        where fed.IsTrained && IsLarge(fed.Given) && Feed.GoesStraightIn(fed.Input) && fed.Argument is not null
        group fed by fed.Argument into same
        let fed = same.First()
        let range = Number(fed.Given.Range!.Value.Magnitude)
        select At(fed.Argument!, fed.Applied.Layer!.Name, "is given numbers up to", range).Fix($"Bound the inputs: tanh(x / {range})",
            Edit.All(project.FedLike(fed).Select(f => f.Argument).Distinct().Select(argument => argument is null ? null
            : Edit.Calculate(argument, $"({{0}} / {range}).tanh()"))));

    public override IEnumerable<Finding> Check(LossUse use, ProjectGraph project) =>
        use is { Op.Domain: LossDomain.AnyNumber, Target: { } target, Loss.PredictionOnly: false } && IsLarge(target)
        && use.Ends.Count > 0 && use.Ends.All(e => e.Last.HasWeights) && use.SyntaxOf(target) is { } place
        ? [At(place, use.Op.Name, "wants numbers up to", Number(target.Range!.Value.Magnitude)).Fix("Scale the targets",
            // Whoever asks the network gets what it was taught.
            use.Ends.Any(e => e.Network is null || project.FedTo(e.Network).Any(f => !f.IsTrained)) ? null
            : Edit.Calculate(place, $"{{0}} / {Number(target.Range!.Value.Magnitude)}"))] : [];

    private static bool IsLarge(Step tensor) => tensor.Range is { Magnitude: >= Large and < double.PositiveInfinity };

    /// <summary>To two digits.</summary>
    private static string Number(double value) => double.Parse(value.ToString("0.#e0", CultureInfo.InvariantCulture),
        CultureInfo.InvariantCulture) is var rounded && rounded < 1e6 ? rounded.ToString("0", CultureInfo.InvariantCulture)
        : rounded.ToString("0.#e0", CultureInfo.InvariantCulture);
}
