using Microsoft.CodeAnalysis;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>Weights are drawn with a scale that does not follow the layer's fan-in.</summary>
internal sealed class NN2001_FixedVarianceInit() : Rule("NN2001", RuleLevel.Proven, Category.Initialization, RuleSource.Article,
    "Weights not scaled to their fan-in",
    "{0} draws {1} with a spread of {2}; {3}")
{
    public override IEnumerable<Finding> Check(Network network, ProjectGraph project)
    {
        if (!project.Trains) return [];
        var starts = project.StartsOf(network);
        var known = new HashSet<SyntaxNode>(starts.SelectMany(s => s.All).Select(i => i.Place));
        // What picks among layers that are all known picks none of them.
        var others = network.Initializations.Where(i => !known.Contains(i.Place) && !(i.IsOfSeveral && network.IsWhollyRead));
        // One call that draws several: too large for one of them, or too small for all that do not end the network.
        return others.Concat(starts.Select(s => s.Left)).Where(i => !i.IsSmallEndOf(network)).GroupBy(i => i.Place)
            .Where(g => (g.Any(i => i.IsOff && !(i.Spread < i.Needed)) || g.All(i => i.IsOff)) && !project.IsLoaded(network))
            .Select(g => Found(g.First(i => i.IsOff), network.AllSteps.Select(s => s.Step)));
    }

    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project)
    {
        if (!project.Trains || site.Of(EventKind.Load).Any() || !site.Initializations.Any(i => i.IsOff)) return [];
        var starts = project.AppliedBy(site).SelectMany(project.StartsOf);
        var known = new HashSet<SyntaxNode>(starts.SelectMany(s => s.All).Select(i => i.Place));
        return site.Initializations.Where(i => i.IsOff && !known.Contains(i.Place)).Select(i => Found(i, project.StepsOf(site)));
    }

    private Finding Found(Initialization start, IEnumerable<Step> steps)
    {
        var (title, edits) = Edit.Rescale(start, steps.ToList());
        return At(start.Place, start.Draw, start.Weight, Initialization.Number(start.Spread), start.Wanted)
            .Near("the layer", start.Layer?.Syntax).Fix(title, edits);
    }

    public override IEnumerable<Finding> Elsewhere(ProjectGraph project) =>
        from made in project.Sites.SelectMany(s => s.Events)
        where made is { Kind: EventKind.CreateModel, Subject: Layer, Declaration: not null }
        select At(made.Operation.Syntax, made.Variable!).Fix($"Initialize {made.Variable} with Kaiming", Edit.InsertAfter(made.Declaration!,
            $"foreach (var weight in {made.Variable}.parameters()) if (weight.dim() > 1) "
            + $"{Initialization.Kaiming("TorchSharp.torch.nn.init.", "weight")};"));
}
