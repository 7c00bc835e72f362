using System.Globalization;
using Microsoft.CodeAnalysis.CSharp.Syntax;
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
    public override IEnumerable<Finding> Check(Network network, ProjectGraph project) => !project.Trains ? []
        : network.Events.Select(Initialization.Of).Concat(network.Steps.Select(Initialization.Of)).OfType<Initialization>()
        .SelectMany(i => Judge(i, network, network.Steps)).Where(_ => !project.IsLoaded(network));

    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        !project.Trains || site.Of(EventKind.Load).Any() ? []
        : site.Events.Select(Initialization.Of).OfType<Initialization>().SelectMany(i => Judge(i, null, project.StepsOf(site)));

    private IEnumerable<Finding> Judge(Initialization init, Network? network, IEnumerable<Step> steps)
    {
        var (spread, needed, isInPlace) = (init.Spread, init.Needed, init.IsInPlace);
        if (!init.IsOff) yield break;
        // A small last layer is a choice: it starts a policy or a residual near zero.
        if (spread < needed && network?.LastSteps.Any(s => s.Layer == init.Layer || s.Input?.Layer == init.Layer) == true) yield break;
        var finding = At(init.Place, init.Draw, init.Weight, Number(spread), needed is null ? "it should shrink with the layer's fan-in"
            : $"a fan-in of {init.FanIn} needs about {Number(needed.Value)}");
        if (!isInPlace)
            yield return finding.Fix("Scale the weight to its fan-in", init.Scaled is { } scaled ? Edit.Replace(init.Place, scaled) : null);
        else if (init.Names is not var (prefix, tensor)) yield return finding;
        else if (!init.IsOfAll) yield return finding.Fix("Scale the weights to their fan-in (Kaiming)", Edit.Replace(init.Place,
            Initialization.Kaiming(prefix, tensor, steps.FirstOrDefault(s => s.Layer == init.Layer)?.NextActivation)));
        // Biases and other vectors have no fan-in; they start at zero.
        else yield return finding.Fix("Scale the weights to their fan-in (Kaiming), biases to zero",
            init.Place.Parent is ExpressionStatementSyntax statement ? Edit.Rewrite(statement,
            $"if ({tensor}.dim() > 1) {Initialization.Kaiming(prefix, tensor)};\nelse {prefix}zeros_({tensor});") : null);
    }

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    public override IEnumerable<Finding> Elsewhere(ProjectGraph project) =>
        from made in project.Sites.SelectMany(s => s.Events)
        where made is { Kind: EventKind.CreateModel, Subject: Layer, Declaration: not null }
        select At(made.Operation.Syntax, made.Variable!).Fix($"Initialize {made.Variable} with Kaiming", Edit.InsertAfter(made.Declaration!,
            $"foreach (var weight in {made.Variable}.parameters()) if (weight.dim() > 1) "
            + $"{Initialization.Kaiming("TorchSharp.torch.nn.init.", "weight")};"));
}
