using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Rules;

/// <summary>Weights are drawn with a scale that does not follow the layer's fan-in.</summary>
/// <remarks>
/// The scale a rectified layer needs is √(2 / fan-in): He et al., Delving Deep into Rectifiers, 2015. More than three
/// times off, and the signal grows or dies by that factor in every layer.
/// </remarks>
internal sealed class NN2001_FixedVarianceInit() : Rule("NN2001", RuleLevel.Proven, Category.Initialization,
    "Weights not scaled to their fan-in",
    "{0} draws {1} with a spread of {2}; {3}")
{
    private const double Tolerance = 3, LargeForAnyFanIn = 0.5;

    public override IEnumerable<Finding> Check(Network network, ProjectGraph project) =>
        !project.Trains || project.IsLoaded(network) ? [] : network.Events.Where(e => e.Kind == EventKind.Init).SelectMany(e => Judge(e, network));

    public override IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) =>
        !project.Trains || site.Events.Any(e => e.Kind == EventKind.Load) ? [] : site.Events.Where(e => e.Kind == EventKind.Init).SelectMany(e => Judge(e, null));

    private IEnumerable<Finding> Judge(Event init, Network? network)
    {
        if (init is not { Subject: ParameterOf { Layer: var layer, Name: var name }, Operation: IInvocationOperation call } || Spread(call, init.Arguments) is not { } spread) yield break;
        var any = name is null;
        if (any ? layer.Op.HasWeights || layer.Op.Role is not Role.Opaque : name!.IndexOf("weight", StringComparison.Ordinal) < 0 || !layer.Op.HasWeights) yield break;
        if (any && network?.Layers.All(l => !l.Op.HasWeights && !l.IsUserModule) == true) yield break;
        if (spread is 0.02) yield break; // N(0, 0.02): the custom of DCGAN, ViT and BERT
        if (layer.FanIn is { } fanIn)
        {
            var right = Math.Sqrt(2.0 / fanIn);
            if (spread <= right * Tolerance && spread * Tolerance >= right) yield break;
            // A small last layer is a choice: it starts a policy or a residual near zero.
            if (spread < right && network is not null && network.LastSteps().Any(s => s.Layer == layer || s.Input?.Layer == layer)) yield break;
            yield return Mend(At(call.Syntax, call.TargetMethod.Name, $"{layer.Name}.{name}", Number(spread), $"a fan-in of {fanIn} needs about {Number(right)}"), call, layer, false);
        }
        else if (spread >= LargeForAnyFanIn)
            yield return Mend(At(call.Syntax, call.TargetMethod.Name, any ? $"every parameter of {layer.Name}" : $"{layer.Name}.{name}", Number(spread), "it should shrink with the layer's fan-in"), call, layer, any);
    }

    private static string Number(double value) => value.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Root mean square of the values drawn; null when not constant or not such a distribution.</summary>
    private static double? Spread(IInvocationOperation call, IReadOnlyDictionary<string, Argument> arguments)
    {
        double? Of(params string[] names) => names.Select(n => arguments.TryGetValue(n, out var a) ? (a.Value as Constant)?.Number : null).FirstOrDefault(v => v is not null);
        switch (call.TargetMethod.Name)
        {
            case "normal_" or "trunc_normal_":
                return Of("std", "stddev") is { } std && Of("mean") is { } mean ? Math.Sqrt(std * std + mean * mean) : null;
            case "uniform_":
                return Of("low", "from") is { } low && Of("high", "to") is { } high ? Math.Sqrt((high - low) * (high - low) / 12 + (high + low) * (high + low) / 4) : null;
            default:
                return null;
        }
    }

    private static Finding Mend(Finding finding, IInvocationOperation call, Layer layer, bool any)
    {
        if (call.Syntax is not InvocationExpressionSyntax { Expression: var callee, ArgumentList.Arguments: var arguments }) return finding;
        // init.normal_(w, ..) keeps its way of naming init; w.normal_(..) spells it out.
        var isInit = call.TargetMethod.IsStatic;
        var prefix = !isInit ? "TorchSharp.torch.nn.init." : callee is MemberAccessExpressionSyntax access ? access.Expression + "." : "";
        var weight = isInit ? arguments.FirstOrDefault(a => a.NameColon is null || a.NameColon.Name.Identifier.Text == "tensor")?.Expression.ToString() : ((MemberAccessExpressionSyntax)callee).Expression.ToString();
        if (weight is null) return finding;
        var code = Kaiming(prefix, weight, layer);
        const string title = "Scale the weights to their fan-in (Kaiming)";
        if (!any) return finding.Fix(title, Edit.Replace(call.Syntax, code));
        // Biases and other vectors have no fan-in; they start at zero.
        return call.Syntax.Parent is ExpressionStatementSyntax statement
            ? finding.Fix(title + ", biases to zero", Edit.Rewrite(statement, $"if ({weight}.dim() > 1) {code};\nelse {prefix}zeros_({weight});"))
            : finding;
    }

    /// <summary>The initialization this rule asks for, with the gain of the activation that follows the layer.</summary>
    private static string Kaiming(string prefix, string weight, Layer? layer) =>
        $"{prefix}kaiming_normal_({weight}, mode: {prefix}FanInOut.FanIn, nonlinearity: {prefix}NonlinearityType.{layer?.NextActivation?.Nonlinearity ?? "ReLU"})";

    public override IEnumerable<Finding> Elsewhere(ProjectGraph project) =>
        from site in project.Sites
        from made in site.Events
        where made is { Kind: EventKind.CreateModel, Subject: Layer }
        let statement = made.Operation.Syntax.Parent?.Parent?.Parent?.Parent as LocalDeclarationStatementSyntax
        where statement is not null
        let model = statement.Declaration.Variables[0].Identifier.Text
        select At(made.Operation.Syntax, model).Fix($"Initialize {model} with Kaiming", Edit.InsertAfter(statement,
            $"foreach (var weight in {model}.parameters()) if (weight.dim() > 1) {Kaiming("TorchSharp.torch.nn.init.", "weight", null)};"));
}
