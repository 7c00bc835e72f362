using System.Globalization;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>Numbers that are scaled already are divided by their range or standardized again: next to nothing is left.</summary>
internal sealed class NN6008_NormalizedTwice() : Rule("NN6008", RuleLevel.Advice, Category.Data, RuleSource.Peers,
    "Inputs are scaled twice", "What {0} gets {1}")
{
    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        (from fed in project.FedBy(site)
         where fed.IsTrained
         from found in Again(fed, site).Concat(InRange(fed))
         group found by found.Place into same
         select same.First()).ToList();

    private IEnumerable<Finding> Again(Fed fed, TrainingSite site) =>
        from twice in Twice.In(fed.Feed.Scalings.Concat(Twice.Inside(fed.Input)).ToList())
        let again = twice.Second[twice.Second.Count - 1]
        // A method that is called twice does the first one too.
        let isOwn = site.Steps.Count(s => s.Syntax == again.Syntax) < 2
        select At(again.Syntax!, fed.Applied.Layer!.Name, twice.Second.Count > 1
            ? "was standardized by the same numbers already and is again"
            : $"was divided by {Text(Twice.Divisor(again)!.Value)} already and is again")
            .Near("the first time", twice.First[twice.First.Count - 1])
            .Fix("Leave the second one out", isOwn ? Edit.Undo(twice.Second) : null);

    private IEnumerable<Finding> InRange(Fed fed) =>
        from scaling in fed.Feed.Scalings.Concat(fed.Given.Range is null ? [] : fed.Input.Users)
        where !scaling.Conditional
        let before = scaling.Input == fed.Input ? fed.Given.Range : scaling.Input?.Range
        where before is { Low: >= -1.01, High: <= 1.01 and > 0.1 } && Twice.Divisor(scaling) is >= 127 and <= 256
        let range = before.Value
        select At(scaling.Syntax!, fed.Applied.Layer!.Name, $"lies between {Text(range.Low)} and {Text(range.High)} already and is divided "
            + $"by {Text(Twice.Divisor(scaling)!.Value)} again").Fix("Leave the second division out", Edit.Undo([scaling]));

    private static string Text(double value) => Math.Round(value, 2).ToString("0.##", CultureInfo.InvariantCulture);
}
