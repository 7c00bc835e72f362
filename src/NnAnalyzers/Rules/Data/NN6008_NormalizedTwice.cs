using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>Pictures that lie between 0 and 1 already are divided by the range of bytes again: next to nothing is left of them.</summary>
internal sealed class NN6008_NormalizedTwice() : Rule("NN6008", RuleLevel.Advice, Category.Data, RuleSource.Peers,
    "Inputs are scaled twice", "What {0} gets lies between {1} and {2} already and is divided by {3} again")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        from fed in project.FedBy(site)
        where fed.IsTrained
        from scaling in fed.Feed.Scalings.Concat(fed.Given.Range is null ? [] : fed.Input.Users)
        where !scaling.Conditional
        let before = scaling.Input == fed.Input ? fed.Given.Range : scaling.Input?.Range
        where before is { Low: >= -1.01, High: <= 1.01 and > 0.1 } && DividedBy(scaling) is not null
        let range = before.Value
        select At(scaling.Syntax!, fed.Applied.Layer!.Name, Text(range.Low), Text(range.High), Text(DividedBy(scaling)!.Value))
            .Fix("Leave the second division out", Edit.Undo(scaling));

    /// <summary>The range of bytes, or half of it, by which a step divides; null for any other.</summary>
    private static double? DividedBy(Step step)
    {
        var by = step is { Kind: StepKind.Operation, Syntax: not null } ? step.Op.Name switch
        {
            "div" or "div_" when step.Arguments.ValueOf("left") is null or Step => Number(step),
            "mul" or "mul_" => 1 / Number(step),
            _ => null,
        } : null;
        return by is >= 127 and <= 256 ? by : null;
    }

    private static double? Number(Step step) => step.Arguments.Select(a => a.Value.Number).FirstOrDefault(n => n is not null);

    private static string Text(double value) => Edit.NumberText(Math.Round(value, 2));
}
