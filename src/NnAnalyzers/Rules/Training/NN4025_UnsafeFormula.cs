using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>A logarithm or a root, on the way to what goes backward, of what can be 0 and is not kept from it.</summary>
internal sealed class NN4025_UnsafeFormula() : Rule("NN4025", RuleLevel.Likely, Category.Training, RuleSource.Peers,
    "Formula that gives no numbers", "{0} {1}: at 0 {2} is infinite, and the gradients become NaN")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from step in project.GradientsOf(site).Steps
        where step.Syntax is not null
        let hazard = Hazard.Of(step, project.Aligned)
        where hazard is not null && project.GradientsOf(site).Passes(hazard.Inner)
        select Mend(At(step.Syntax!, step.Op.Name, Of(hazard), hazard.Kind == HazardKind.RootOfSquares ? "its slope" : "it"), step, hazard);

    private static string Of(Hazard hazard) => hazard.Kind switch
    {
        HazardKind.RootOfSquares => hazard.Inner.Op.Name == "var" ? "of a variance" : "of squares with nothing added",
        HazardKind.LogOfDifference => "of a difference",
        HazardKind.LogOfComplement => $"of a number less {hazard.Inner.Op.Name}, which reaches it",
        _ => $"of {hazard.Inner.Op.Name}, which reaches 0",
    };

    private static Finding Mend(Finding finding, Step step, Hazard hazard) => (hazard.Kind, step.Op.Name) switch
    {
        (HazardKind.LogOfSoftmax, "log") when hazard.Inner.Arguments.TryGetValue("dim", out var dim) && Edit.Written(dim) is { } axis =>
            finding.Fix("Use log_softmax", Edit.Merge(step, hazard.Inner, $"log_softmax({{0}}, {axis})")),
        (HazardKind.LogOfSigmoid, "log") => finding.Fix("Use logsigmoid", Edit.Merge(step, hazard.Inner, "logsigmoid({0})")),
        (HazardKind.LogOfComplement, "log") when hazard.Inner.Op.Name == "Sigmoid" && step.Input is { Input: { } taken }
            && taken == hazard.Inner => finding.Fix("Use logsigmoid of the negative", Edit.Merge(step, taken, "logsigmoid(-({0}))")),
        (HazardKind.RootOfSquares, _) => finding.Fix("Add 1e-8 inside the root", Edit.AddInside(step, "1e-8")),
        _ => finding,
    };
}
