using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>All weights of a hidden layer start as one number.</summary>
internal sealed class NN2002_ConstantWeights() : Rule("NN2002", RuleLevel.Likely, Category.Initialization, RuleSource.Peers,
    "Weights that all start the same",
    "{0} starts all of {1} at {2}; units that start the same have little to tell them apart")
{
    public override IEnumerable<Finding> Check(Network network, ProjectGraph project) => !project.Trains ? []
        : from start in project.StartsOf(network)
          where start is { IsSure: true, Left: { Kind: Distribution.Constant, Spread: not null } }
              && IsHidden(start.Step, start.Left, network)
          group start.Left by start.Left.Place into same
          where !project.IsLoaded(network)
          let left = same.First()
          let mended = Edit.Rescale(left, network.AllSteps.Select(s => s.Step).ToList())
          select At(left.Place, left.Draw, left.Weight, Initialization.Number(left.Spread))
              .Near("the layer", left.Layer?.Syntax).Fix(mended.Title, mended.Edits);

    /// <summary>Several units, between two layers with something between that is not linear; zeros may end what another one drew.</summary>
    private static bool IsHidden(Step layer, Initialization start, Network network) =>
        layer.Layer is { } made && made.Out.Size != 1 && made.Arguments.ValueOf("groups")?.Number is null or 1
        && Chain.ReaderOf(layer, network) is not null
        && (start.Spread > 0 || !network.AllSteps.Any(s => s.Step.HasWeights && Chain.ReaderOf(s.Step, network) is var (reader, between)
            && reader == layer && !between.Any(b => b.IsActivation)));
}
