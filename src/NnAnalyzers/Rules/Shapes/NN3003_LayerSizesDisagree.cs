using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>Two sizes that must agree cannot: the forward pass throws.</summary>
internal sealed class NN3003_LayerSizesDisagree() : Rule("NN3003", RuleLevel.Proven, Category.Shapes, RuleSource.Peers,
    "Sizes that do not fit together",
    "{0}; {1}")
{
    public override IEnumerable<Finding> Check(Network network, ProjectGraph project)
    {
        foreach (var (step, own) in network.AllSteps)
        {
            if (step.Conditional || own.Conditional || own.Syntax is null || Contradiction.Of(step) is not { } contradiction) continue;
            if (step == own)
                yield return Mend(At(own.Syntax, contradiction.Expects, contradiction.Gets), contradiction, step, network.Steps);
            // A block that contradicts itself is told where it is written; here it is told that the two do not fit.
            else if (own.Layer?.Type is { } type
            && project.NetworkOf(type)?.AllSteps.Any(s => s.Step.Syntax == step.Syntax && Contradiction.Of(s.Step) is not null) != true)
                yield return At(own.Syntax, $"in {own.Name} ({own.Op.Name}) {contradiction.Expects}", contradiction.Gets);
        }
    }

    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from step in site.Steps
        where !step.Conditional && step is { Kind: StepKind.Operation, Syntax: not null }
        let contradiction = Contradiction.Of(step)
        where contradiction is not null
        let finding = At(step.Syntax!, contradiction.Expects, contradiction.Gets)
        select contradiction.ClassAxis is { } axis ? MoveClasses(finding, axis, site.Uses.FirstOrDefault(u => u.Loss == step))
            : Mend(finding, contradiction, step, site.Steps);

    /// <summary>The loss gets the classes on the second axis.</summary>
    private static Finding MoveClasses(Finding finding, int axis, LossUse? use) =>
        use is { Prediction: { } prediction } && use.SyntaxOf(prediction) is { } written
            ? finding.Fix("Give the loss the classes on its second axis", Edit.Replace(written, Edit.Receiver(written) + (axis == 2
                ? ".transpose(1, 2)" : $".permute(0, {axis}, {string.Join(", ", Enumerable.Range(1, axis - 1))})")))
            : finding;

    /// <summary>A number written at the layer gives way to what really comes in.</summary>
    private static Finding Mend(Finding finding, Contradiction contradiction, Step step, IReadOnlyList<Step> all) =>
        contradiction is { Parameter: { } parameter, Actual.Size: { } actual } && all.Count(s => s.Layer == step.Layer) == 1
        && step.Layer is { } layer
            ? finding.Fix($"{layer.Label} reads {actual}",
            Edit.SetSize(layer, parameter, actual.ToString(System.Globalization.CultureInfo.InvariantCulture))) : finding;
}
