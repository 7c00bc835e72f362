using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>Weights drawn from a normal or uniform distribution with constant bounds.</summary>
/// <param name="Place">What draws: <c>init.normal_(..)</c>, <c>p.uniform_(..)</c>, <c>randn(..)</c>.</param>
/// <param name="Weight">What is drawn, in words.</param>
/// <param name="Layer">The layer whose weight it is, or the module whose parameters they are; null for a weight without a layer.</param>
/// <param name="Spread">Root mean square of what is drawn.</param>
/// <param name="FanIn">How many inputs each output sums up; null if nothing tells.</param>
internal sealed record Initialization(ExpressionSyntax Place, string Weight, Layer? Layer, double Spread, long? FanIn)
{
    /// <summary>The function that draws.</summary>
    public string Draw { get; private init; } = "";

    /// <summary>The call that draws in place; null where something drawn becomes the weight.</summary>
    private IInvocationOperation? Call { get; init; }

    /// <summary>Which argument of a draw is the fan-in.</summary>
    private int Axis { get; init; }

    /// <summary>Whether it draws every parameter of a module.</summary>
    public bool IsOfAll { get; private init; }

    public bool IsInPlace => Call is not null;

    /// <summary>What keeps the signal's scale through a rectifier: √(2 / fan-in), He et al. 2015.</summary>
    public double? Needed => FanIn is { } n ? Math.Sqrt(2.0 / n) : null;

    private const double Tolerance = 3, LargeForAnyFanIn = 0.5, CustomOfTransformers = 0.02;

    /// <summary>
    /// More than three times off what the fan-in asks for, and the signal grows or dies by that factor in every layer. A small start of a
    /// parameter that is put in is a choice; without a fan-in only what is large for any is off.
    /// </summary>
    public bool IsOff => Needed is not { } needed || !IsInPlace && Spread < needed ? Spread >= LargeForAnyFanIn
        : (Spread > needed * Tolerance || Spread * Tolerance < needed) && Spread is not CustomOfTransformers;

    /// <summary>What the layer wants instead, in words.</summary>
    public string Wanted => Needed is not { } needed ? "it should shrink with the layer's fan-in"
        : $"a fan-in of {FanIn} needs about {Number(needed)}";

    /// <summary>A number as messages say it.</summary>
    public static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    /// <summary>A last layer that starts small, as the end of a policy or a residual does: a choice.</summary>
    public bool IsSmallEndOf(Network network) =>
        Spread < Needed && network.LastSteps.Any(s => s.Layer == Layer || s.Input?.Layer == Layer);

    /// <summary>Whether it draws the weights of a layer of a network, which may have been read elsewhere.</summary>
    public bool Starts(Layer layer, Network network) => Layer is { } started && (started == layer
        || started.Syntax is { } made && made == layer.Syntax && !layer.IsMadeRepeatedly
        || (IsOfAll ? network.Is(started) : started.AnyOf is { } whole && started.Op == layer.Op && network.Is(whole)));

    /// <summary>The initialization an event stands for; null if it is another kind or its bounds are not constant.</summary>
    public static Initialization? Of(Event happened)
    {
        if (happened is not { Kind: EventKind.Init, Subject: ParameterOf { Layer: var layer, Name: var name } }) return null;
        if (name is null ? layer.Op.Role != Role.Opaque : !layer.Op.HasWeights || !name.Contains("weight")) return null;
        var weight = name is null ? $"every parameter of {layer.Name}" : $"{layer.Name}.{name}";
        if (happened is { Operation: IInvocationOperation { Syntax: ExpressionSyntax place } call })
            return SpreadOf(call, happened.Arguments) is { } spread
                ? new(place, weight, layer, spread, layer.FanIn) { Draw = call.TargetMethod.Name, Call = call, IsOfAll = name is null }
                : null;
        return happened.Arguments.First is Step put ? Drawn(put, weight, layer, layer.FanIn, 1) : null;
    }

    /// <summary>x.matmul(Parameter(randn(inputs, outputs))): a weight without a layer; null for any other step.</summary>
    public static Initialization? Of(Step product) =>
        product is { Role: Role.Matmul, Inputs: [_, { Op.Name: "Parameter", Shape: { Rank: 2 } shape } weight] }
            ? Drawn(weight, "a weight", null, shape.Dims[0].Size, 0) : null;

    private static Initialization? Drawn(Step put, string weight, Layer? layer, long? fanIn, int axis) =>
        DrawOf(put) is var (drawn, spread) && drawn.Syntax is InvocationExpressionSyntax place
            ? new(place, weight, layer, spread, fanIn) { Draw = drawn.Op.Name, Axis = axis } : null;

    private static double? SpreadOf(IInvocationOperation call, Arguments arguments)
    {
        double? Number(params string[] names) =>
            names.Select(n => arguments.TryGetValue(n, out var a) ? (a.Value as Constant)?.Number : null)
            .FirstOrDefault(v => v is not null);
        return call.TargetMethod.Name switch
        {
            "normal_" or "trunc_normal_" when Number("std", "stddev") is { } std && Number("mean") is { } mean =>
                Math.Sqrt(std * std + mean * mean),
            // Variance (b − a)² / 12 around the mean (a + b) / 2.
            "uniform_" when Number("low", "from") is { } low && Number("high", "to") is { } high =>
                Math.Sqrt((high - low) * (high - low) / 12 + (high + low) * (high + low) / 4),
            "copy_" when arguments.Values.OfType<Step>().FirstOrDefault() is { } drawn => DrawOf(drawn)?.Spread,
            _ => null,
        };
    }

    /// <summary>The draw that a tensor is made of, and the tensor's root mean square; null for one that is not drawn at random.</summary>
    public static (Step Drawn, double Spread)? DrawOf(Step tensor)
    {
        double? Factor() => tensor.Arguments.Values.Select(v => v.Number).FirstOrDefault(n => n is not null);
        switch (tensor)
        {
            case { Op.Name: "randn" or "randn_like" }: return (tensor, 1);
            // Uniform between 0 and 1.
            case { Op.Name: "rand" or "rand_like" }: return (tensor, Math.Sqrt(1 / 3.0));
            case { Op.Name: "mul" or "div", Inputs: [var one] }:
                return DrawOf(one) is var (leaf, spread) && Factor() is { } factor and not 0
                    ? (leaf, tensor.Op.Name == "mul" ? spread * Math.Abs(factor) : spread / Math.Abs(factor)) : null;
            case { Op.Name: "Parameter", Input: { } drawn }: return DrawOf(drawn);
            case { Role: Role.Identity, Input: { } same }: return DrawOf(same);
            default: return null;
        }
    }

    /// <summary>
    /// How the code names torch.nn.init and the tensor: <c>init.normal_(w, ..)</c> keeps its way, <c>w.normal_(..)</c> spells it out.
    /// Null where nothing is drawn in place.
    /// </summary>
    public (string Init, string Tensor)? Names => Place switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } when Call is { TargetMethod.IsStatic: false } =>
            ("TorchSharp.torch.nn.init.", access.Expression.ToString()),
        InvocationExpressionSyntax { Expression: var callee, ArgumentList.Arguments: var arguments } when Call is not null
            && arguments.FirstOrDefault(a => a.NameColon is null || a.NameColon.Name.Identifier.Text == "tensor") is { } tensor =>
            (callee is MemberAccessExpressionSyntax access ? access.Expression + "." : "", tensor.Expression.ToString()),
        _ => null,
    };

    /// <summary>The draw with the spread that is needed; null where the fan-in cannot be written, or what is drawn has a mean.</summary>
    public string? Scaled => Draw != "randn" ? null
        : Needed is { } needed ? $"{Place} * {(needed / Spread).ToString("0.####", CultureInfo.InvariantCulture)}"
        : Spread == 1 && (Place as InvocationExpressionSyntax)?.ArgumentList.Arguments.ElementAtOrDefault(Axis)?.Expression
            is { } fanIn and (IdentifierNameSyntax or MemberAccessExpressionSyntax) ? $"{Place} * System.Math.Sqrt(2.0 / {fanIn})" : null;

    /// <summary>The call that draws with a variance of 2 / fan-in, or what the activation that follows the layer needs.</summary>
    public static string Kaiming(string init, string tensor, Op? activation = null) =>
        $"{init}kaiming_normal_({tensor}, mode: {init}FanInOut.FanIn, "
        + $"nonlinearity: {init}NonlinearityType.{activation?.Nonlinearity ?? "ReLU"})";
}
