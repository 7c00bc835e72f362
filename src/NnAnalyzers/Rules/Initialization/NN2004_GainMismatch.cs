using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>Kaiming's scale for another activation than the one that follows the layer.</summary>
internal sealed class NN2004_GainMismatch() : Rule("NN2004", RuleLevel.Advice, Category.Initialization, RuleSource.Peers,
    "Gain of another activation",
    "{0} scales {1} for {2}; {3} follows, which wants {4} of that")
{
    public override IEnumerable<Finding> Check(Network network, ProjectGraph project) => !project.Trains ? []
        : from start in project.StartsOf(network)
          where start.Left is { Kind: Distribution.Kaiming, Call: not null } && Chain.ReaderOf(start.Step, network) is not null
          group (start.Left, start.IsSure, Gain: Gain.Of(start.Left.Call!, start.Left.Arguments, start.Step.NextActivationStep))
              by start.Left.Place into same
          // One call for several layers is wrong where it is for each of them.
          where same.All(s => s.IsSure && s.Gain is { IsOff: true }) && same.Select(s => s.Gain!.Wanted).Distinct().Count() == 1
          where !project.IsLoaded(network)
          let found = same.First()
          let gain = found.Gain!
          select At(found.Left.Place, found.Left.Draw, found.Left.Weight, gain.Said, gain.Wanted,
              gain.Ratio.ToString("0.##", System.Globalization.CultureInfo.InvariantCulture)).Fix($"Scale for {gain.Wanted}",
              found.Left.Names is var (init, _) ? Edit.Assume(gain, found.Left.Call!, init) : null);
}
