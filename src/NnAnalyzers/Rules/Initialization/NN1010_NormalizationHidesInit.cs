using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>A batch normalization makes up for weights that start with the wrong scale, so that nobody sees it.</summary>
internal sealed class NN1010_NormalizationHidesInit() : Rule("NN1010", RuleLevel.Likely, Category.Initialization, RuleSource.Article,
    "Normalization that hides a bad start",
    "{0} hides that {1} starts with a spread of {2}; {3} ('nn probe' shows the network without normalization)")
{
    public override string FixOf => "NN2001";

    public override IEnumerable<Finding> Check(Network network, ProjectGraph project) => Hidden(network.Initializations, network, project);

    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        !site.Initializations.Any() || site.Of(EventKind.Load).Any() ? []
        : project.AppliedBy(site).SelectMany(n => Hidden(site.Initializations, n, project));

    /// <summary>Of what one piece of code starts, the first normalization speaks.</summary>
    private IEnumerable<Finding> Hidden(IEnumerable<Initialization> starts, Network network, ProjectGraph project) =>
        from same in starts.Where(i => i.IsOff && !i.IsSmallEndOf(network)).GroupBy(i => i.Place)
        where project.Trains && !project.IsLoaded(network)
        let steps = network.AllSteps.Select(s => s.Step).ToList()
        let found = (from norm in steps
                     where norm is { Op.Name: "BatchNorm1d" or "BatchNorm2d" or "BatchNorm3d", Syntax: not null, Conditional: false }
                     let layer = Chain.LayerBefore(norm)
                     let start = layer is null ? null : same.FirstOrDefault(i => i.Starts(layer, network) != false)
                     where start is not null
                     select (Norm: norm, Start: start)).FirstOrDefault()
        where found.Norm is not null
        let scaled = Edit.Rescale(found.Start, steps)
        select At(found.Norm.Syntax!, found.Norm.Name, found.Start.Weight, Initialization.Number(found.Start.Spread), found.Start.Wanted)
            .Near("where its weights are drawn", found.Start.Place)
            .Fix(scaled.Title, scaled.Edits);
}
