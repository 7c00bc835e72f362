using System.Globalization;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Reading;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>Weights are drawn with a scale that does not follow the layer's fan-in.</summary>
/// <remarks>
/// The scale a rectified layer needs is √(2 / fan-in): He et al., Delving Deep into Rectifiers, 2015. More than three
/// times off, and the signal grows or dies by that factor in every layer.
/// </remarks>
internal sealed class NN2001_FixedVarianceInit() : Rule("NN2001", RuleLevel.Proven, Category.Initialization, RuleSource.Article,
    "Weights not scaled to their fan-in",
    "{0} draws {1} with a spread of {2}; {3}")
{
    private const double Tolerance = 3, LargeForAnyFanIn = 0.5, CustomOfTransformers = 0.02;

    public override IEnumerable<Finding> Check(Network network, ProjectGraph project) =>
        !project.Trains ? []
            : network.Events.SelectMany(e => Judge(e, network, network.Steps).Concat(Assigned(e)))
            .Concat(network.Steps.SelectMany(RawWeight)).Where(_ => !project.IsLoaded(network));

    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        !project.Trains || site.Events.Any(e => e.Kind == EventKind.Load) ? []
        : site.Events.SelectMany(e => Judge(e, null, project.StepsOf(site)).Concat(Assigned(e)));

    private IEnumerable<Finding> Judge(Event happened, Network? network, IEnumerable<Step> steps)
    {
        if (Initialization.Of(happened) is not { } init || init.Spread is CustomOfTransformers) yield break;
        var (layer, spread) = (init.Layer, init.Spread);
        if (init.Parameter is null ? layer.Op.Role != Role.Opaque : !layer.Op.HasWeights || !init.Parameter.Contains("weight")) yield break;
        var right = layer.FanIn is { } fanIn ? Math.Sqrt(2.0 / fanIn) : (double?)null;
        if (right is null ? spread < LargeForAnyFanIn : spread <= right * Tolerance && spread * Tolerance >= right) yield break;
        // A small last layer is a choice: it starts a policy or a residual near zero.
        if (spread < right && network?.LastSteps.Any(s => s.Layer == layer || s.Input?.Layer == layer) == true) yield break;
        var finding =
            At(init.Call.Syntax, init.Call.TargetMethod.Name,
            init.Parameter is null ? $"every parameter of {layer.Name}" : $"{layer.Name}.{init.Parameter}", Number(spread),
            right is null ? "it should shrink with the layer's fan-in" : $"a fan-in of {layer.FanIn} needs about {Number(right.Value)}");
        var next = steps.FirstOrDefault(s => s.Layer == layer)?.NextActivation;
        if (init.Names is not var (prefix, tensor)) yield return finding;
        else if (init.Parameter is not null)
        yield return finding.Fix("Scale the weights to their fan-in (Kaiming)",
            Edit.Replace(init.Call.Syntax, Initialization.Kaiming(prefix, tensor, next)));
        // Biases and other vectors have no fan-in; they start at zero.
        else yield return finding.Fix("Scale the weights to their fan-in (Kaiming), biases to zero",
        init.Call.Syntax.Parent is not ExpressionStatementSyntax statement ? null
            : Edit.Rewrite(statement,
            $"if ({tensor}.dim() > 1) {Initialization.Kaiming(prefix, tensor)};\nelse {prefix}zeros_({tensor});"));
    }

    /// <summary>x.matmul(Parameter(randn(inputs, outputs))), or layer.weight = Parameter(randn(..)): a weight drawn from N(0, 1).</summary>
    private IEnumerable<Finding> RawWeight(Step product) =>
        product is not { Role: Role.Matmul,
        Inputs: [_, { Op.Name: "Parameter", Input: { Op.Name: "randn", Shape: { Rank: 2 } shape } drawn }] }
        ? [] : Drawn(drawn, "a weight", shape.Dims[0], 0);

    private IEnumerable<Finding> Assigned(Event happened) =>
        happened is { Kind: EventKind.Init, Subject: ParameterOf { Layer: { Op.HasWeights: true } layer, Name: "weight" },
        Arguments.First: Step { Input: { Op.Name: "randn" } drawn } }
            ? Drawn(drawn, $"{layer.Name}.weight", layer.Op.Role == Role.Linear ? layer.In : Dim.Unknown, 1) : [];

    /// <param name="axis">Which argument of randn says the fan-in.</param>
    private IEnumerable<Finding> Drawn(Step drawn, string weight, Dim fanIn, int axis)
    {
        if (drawn.Syntax is not InvocationExpressionSyntax call || fanIn.Size is { } n && Math.Sqrt(n / 2.0) <= Tolerance) yield break;
        var needs = fanIn.Size is { } size ? $"a fan-in of {size} needs about {Number(Math.Sqrt(2.0 / size))}"
            : "it should shrink with the layer's fan-in";
        var scale = fanIn.Size is { } known ? Math.Sqrt(2.0 / known).ToString("0.####", CultureInfo.InvariantCulture)
            : call.ArgumentList.Arguments.ElementAtOrDefault(axis)?.Expression is IdentifierNameSyntax or MemberAccessExpressionSyntax
                ? $"System.Math.Sqrt(2.0 / {call.ArgumentList.Arguments[axis].Expression})" : null;
        var finding = At(call, "randn", weight, "1", needs);
        yield return scale is null ? finding : finding.Fix("Scale the weight to its fan-in", Edit.Replace(call, $"{call} * {scale}"));
    }

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    public override IEnumerable<Finding> Elsewhere(ProjectGraph project) =>
        from made in project.Sites.SelectMany(s => s.Events)
        where made is { Kind: EventKind.CreateModel, Subject: Layer, Declaration: not null }
        select At(made.Operation.Syntax, made.Variable!).Fix($"Initialize {made.Variable} with Kaiming", Edit.InsertAfter(made.Declaration!,
            $"foreach (var weight in {made.Variable}.parameters()) if (weight.dim() > 1) "
            + $"{Initialization.Kaiming("TorchSharp.torch.nn.init.", "weight")};"));
}
