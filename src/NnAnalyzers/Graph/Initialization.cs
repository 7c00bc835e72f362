using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>How the numbers of a weight come about.</summary>
internal enum Distribution
{
    Normal, Uniform, Constant, Xavier, Kaiming, Orthogonal,

    /// <summary>From a file, another network or something calculated.</summary>
    Given,

    Other,
}

/// <summary>What weights start with, where code says so; weights that no code starts have the layer's own scaled start.</summary>
/// <param name="Place">What draws: <c>init.normal_(..)</c>, <c>p.uniform_(..)</c>, <c>randn(..)</c>.</param>
/// <param name="Weight">What is drawn, in words.</param>
/// <param name="Layer">The layer whose weight it is, or the module whose parameters they are; null for a weight without a layer.</param>
/// <param name="Kind">What it is drawn from.</param>
/// <param name="Spread">Root mean square of what is drawn; null where it is not constant, or follows from the weight's sizes.</param>
/// <param name="FanIn">How many inputs each output sums up; null if nothing tells.</param>
internal sealed record Initialization(ExpressionSyntax Place, string Weight, Layer? Layer, Distribution Kind, double? Spread, long? FanIn)
{
    /// <summary>The function that draws.</summary>
    public string Draw { get; private init; } = "";

    /// <summary>The call that draws in place; null where something drawn becomes the weight.</summary>
    public IInvocationOperation? Call { get; private init; }

    /// <summary>What that call is given.</summary>
    public Arguments Arguments { get; private init; } = Arguments.None;

    /// <summary>When it is drawn.</summary>
    private Moment When { get; init; } = Moment.Start;

    /// <summary>Which argument of a draw is the fan-in.</summary>
    private int Axis { get; init; }

    /// <summary>Whether it draws every parameter of a module.</summary>
    public bool IsOfAll { get; private init; }

    public bool IsInPlace => Call is not null;

    /// <summary>Whether it draws weights that a test picks among a module's.</summary>
    public bool IsOfSeveral => IsOfAll || Layer?.AnyOf is not null;

    /// <summary>
    /// What keeps the signal's scale: √(2 / fan-in) through a rectifier, He et al. 2015; √(1 / fan-in) through the gates of a recurrent
    /// layer, LeCun et al. 1998.
    /// </summary>
    public double? Needed => FanIn is { } n ? Math.Sqrt((Layer?.Op.Role == Role.Recurrent ? 1.0 : 2.0) / n) : null;

    private const double Tolerance = 3, LargeForAnyFanIn = 0.5, CustomOfTransformers = 0.02;

    /// <summary>
    /// More than three times off what the fan-in asks for, and the signal grows or dies by that factor in every layer. A small start of a
    /// parameter that is put in is a choice; without a fan-in only what is large for any is off.
    /// </summary>
    public bool IsOff => Kind is Distribution.Normal or Distribution.Uniform && Spread is { } spread
        && (Needed is not { } needed || !IsInPlace && spread < needed ? spread >= LargeForAnyFanIn
        : (spread > needed * Tolerance || spread * Tolerance < needed) && spread is not CustomOfTransformers);

    /// <summary>What the layer wants instead, in words.</summary>
    public string Wanted => Needed is not { } needed ? "it should shrink with the layer's fan-in"
        : $"a fan-in of {FanIn} needs about {Number(needed)}";

    /// <summary>A number as messages say it.</summary>
    public static string Number(double? value) => value?.ToString(value < 0.001 ? "G2" : "0.###", CultureInfo.InvariantCulture) ?? "?";

    /// <summary>A last layer that starts small, as the end of a policy or a residual does: a choice.</summary>
    public bool IsSmallEndOf(Network network) =>
        Spread < Needed && network.LastSteps.Any(s => s.Layer == Layer || s.Input?.Layer == Layer);

    /// <summary>The same of one of the layers it starts.</summary>
    public Initialization For(Layer layer) => this with { Layer = layer, FanIn = layer.FanIn };

    /// <summary>
    /// Whether it draws the weights of a layer of a network, which may have been read elsewhere; null where a condition decides.
    /// </summary>
    public bool? Starts(Layer layer, Network network) => Layer is { } started && (started == layer
        || started.Syntax is { } made && made == layer.Syntax && !layer.IsMadeRepeatedly
        || (IsOfAll ? network.Is(started) : started.AnyOf is { } whole && started.Op == layer.Op && network.Is(whole)))
        ? Picks(".weight", layer.Op.Role == Role.Linear ? 2 : 2 + layer.Op.SpatialAxes) : false;

    /// <summary>Whether what code asks of names, axes and kinds picks a parameter; null where something else decides.</summary>
    public bool? Picks(string name, long axes) => Picks(When, name, axes);

    /// <summary>The same of any event that happens to every parameter of a module.</summary>
    public static bool? Picks(Event happened, string name, long axes) => Picks(happened.When, name, axes);

    private static bool? Picks(Moment when, string name, long axes)
    {
        bool? picked = true;
        foreach (var condition in when.Path.Conditions)
            if (condition.Under((subject, value, holds) => Tells(name, axes, subject, value) is { } so ? so == holds
                : subject is PartsOf or ParameterOf or ValueTuple<object, string>(PartsOf, _) ? true : null) is var told && told != true)
                if (told == false) return false;
                else picked = null;
        return picked;
    }

    private static bool? Tells(string name, long axes, object subject, object? value)
    {
        long? Number(object number) => number is ParameterTrait { IsName: false } ? axes : number as long?;
        return subject switch
        {
            NameTest test => test.Passes(name),
            ParameterTrait { IsName: false } => axes == value as long?,
            ValueTuple<object, string, object>(var a, ">", var b) when a is ParameterTrait || b is ParameterTrait => Number(a) > Number(b),
            _ => null,
        };
    }

    /// <summary>The initialization an event stands for; null if it is another kind, or of a bias or a table.</summary>
    public static Initialization? Of(Event happened)
    {
        if (happened is { Kind: EventKind.Load, Subject: Layer { Op.HasWeights: true } given })
            return new((happened.Operation.Syntax as ExpressionSyntax)!, "", given, Distribution.Given, null, null)
                { When = happened.When };
        if (happened is { Kind: EventKind.Freeze, Subject: ParameterOf { Layer: var frozen, Name: var part } })
            return part?.Contains("weight") == false ? null : new((happened.Operation.Syntax as ExpressionSyntax)!, "", frozen,
                Distribution.Given, null, null) { When = happened.When, IsOfAll = part is null };
        if (happened is not { Kind: EventKind.Init, Subject: ParameterOf { Layer: var layer, Name: var name } }) return null;
        if (name is null ? layer.Op.Role != Role.Opaque : !layer.Op.HasWeights || !name.Contains("weight")) return null;
        var weight = name is null ? $"every parameter of {layer.Name}" : $"{layer.Name}.{name}";
        if (happened is { Operation: IInvocationOperation { Syntax: ExpressionSyntax place } call })
        {
            var (kind, spread) = DrawOf(call, happened.Arguments);
            return new(place, weight, layer, kind, spread, layer.FanIn) { Draw = call.TargetMethod.Name, Call = call,
                Arguments = happened.Arguments, IsOfAll = name is null, When = happened.When };
        }
        return happened.Arguments.First is Step put ? Drawn(put, weight, layer, layer.FanIn, 1) is { } start
            ? start with { When = happened.When } : null : null;
    }

    /// <summary>The layers of a network that code starts, each with all that does, the last one last.</summary>
    public static IReadOnlyList<WeightStart> In(Network network, IReadOnlyList<Initialization> all) => all.Count == 0 ? []
        : (from step in network.AllSteps.Select(s => s.Step)
           // What forward makes anew is a tool, not what is trained.
           where step.HasWeights && !network.MadeInForward.Contains(step.Layer!)
           group step by step.Layer into uses
           let starts = all.Select(i => (Start: i, Is: i.Starts(uses.Key, network))).Where(s => s.Is != false).ToList()
           where starts.Count > 0
           select new WeightStart(uses.First(), starts.Select(s => s.Start.For(uses.Key)).ToList(), starts[starts.Count - 1].Is == true))
        .ToList();

    /// <summary>x.matmul(Parameter(randn(inputs, outputs))): a weight without a layer; null for any other step.</summary>
    public static Initialization? Of(Step product) =>
        product is { Role: Role.Matmul, Inputs: [_, { Op.Name: "Parameter", Shape: { Rank: 2 } shape } weight] }
            ? Drawn(weight, "a weight", null, shape.Dims[0].Size, 0) : null;

    private static Initialization? Drawn(Step put, string weight, Layer? layer, long? fanIn, int axis)
    {
        var (drawn, spread) = DrawOf(put) ?? ConstantOf(put) ?? default;
        return drawn?.Syntax is not InvocationExpressionSyntax place ? null
            : new(place, weight, layer, KindOf(drawn), spread, fanIn) { Draw = drawn.Op.Name, Axis = axis };
    }

    private static Distribution KindOf(Step drawn) =>
        drawn.Op.Name.StartsWith("randn", StringComparison.Ordinal) ? Distribution.Normal
        : drawn.Op.Name.StartsWith("rand", StringComparison.Ordinal) ? Distribution.Uniform : Distribution.Constant;

    private static (Distribution, double?) DrawOf(IInvocationOperation call, Arguments arguments)
    {
        double? Number(params string[] names) =>
            names.Select(n => arguments.TryGetValue(n, out var a) ? (a.Value as Constant)?.Number : null)
            .FirstOrDefault(v => v is not null);
        return call.TargetMethod.Name switch
        {
            "normal_" or "trunc_normal_" => (Distribution.Normal, Number("std", "stddev") is { } std && Number("mean") is { } mean
                ? Math.Sqrt(std * std + mean * mean) : null),
            // Variance (b − a)² / 12 around the mean (a + b) / 2.
            "uniform_" => (Distribution.Uniform, Number("low", "from") is { } low && Number("high", "to") is { } high
                ? Math.Sqrt((high - low) * (high - low) / 12 + (high + low) * (high + low) / 4) : null),
            "zero_" or "zeros_" => (Distribution.Constant, 0),
            "ones_" => (Distribution.Constant, 1),
            "constant_" or "fill_" => (Distribution.Constant, Number("val", "value") is { } value ? Math.Abs(value) : null),
            "xavier_normal_" or "xavier_uniform_" => (Distribution.Xavier, null),
            "kaiming_normal_" or "kaiming_uniform_" => (Distribution.Kaiming, null),
            "orthogonal_" => (Distribution.Orthogonal, null),
            "copy_" when arguments.Values.OfType<Step>().FirstOrDefault(IsMadeAnew) is { } made =>
                DrawOf(made) is var (drawn, spread) ? (KindOf(drawn), spread) : (Distribution.Constant, ConstantOf(made)!.Value.Value),
            _ => (Distribution.Other, null),
        };
    }

    /// <summary>Whether a tensor is drawn at random, or one constant.</summary>
    public static bool IsMadeAnew(Step tensor) => DrawOf(tensor) is not null || ConstantOf(tensor) is not null;

    /// <summary>What makes a tensor that is one number everywhere, and that number without its sign; null for any other tensor.</summary>
    public static (Step Made, double Value)? ConstantOf(Step tensor)
    {
        double? Number() => tensor.Arguments.Values.Select(v => v.Number).LastOrDefault(n => n is not null);
        switch (tensor)
        {
            case { Op.Name: "zeros" or "zeros_like" }: return (tensor, 0);
            case { Op.Name: "ones" or "ones_like" }: return (tensor, 1);
            case { Op.Name: "full" or "full_like" }:
                return tensor.Arguments.ValueOf("value")?.Number is { } value ? (tensor, Math.Abs(value)) : null;
            case { Op.Name: "mul" or "div", Inputs: [var one] }:
                return ConstantOf(one) is var (made, held) && Number() is { } factor and not 0
                    ? (made, tensor.Op.Name == "mul" ? held * Math.Abs(factor) : held / Math.Abs(factor)) : null;
            case { Op.Name: "Parameter", Input: { } inside }: return ConstantOf(inside);
            case { Role: Role.Identity, Input: { } same }: return ConstantOf(same);
            default: return null;
        }
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
    public string? Scaled => Draw is "zeros" or "ones" ? Needed is { } wanted && Redrawn is { } drawn
            ? $"{drawn} * {(Draw == "ones" ? wanted / Spread!.Value : wanted).ToString("0.####", CultureInfo.InvariantCulture)}" : null
        : Draw != "randn" ? null
        : Needed is { } needed ? $"{Place} * {(needed / Spread!.Value).ToString("0.####", CultureInfo.InvariantCulture)}"
        : Spread == 1 && (Place as InvocationExpressionSyntax)?.ArgumentList.Arguments.ElementAtOrDefault(Axis)?.Expression
            is { } fanIn and (IdentifierNameSyntax or MemberAccessExpressionSyntax) ? $"{Place} * System.Math.Sqrt(2.0 / {fanIn})" : null;

    /// <summary>A call that makes a constant tensor, as one that draws; null where the constant is then multiplied away.</summary>
    private string? Redrawn => Place is not InvocationExpressionSyntax { Expression: var callee, ArgumentList: var sizes }
        || Spread == 0 && Place.Parent is BinaryExpressionSyntax ? null : callee switch
        {
            MemberAccessExpressionSyntax access => $"{access.Expression}.randn{sizes}",
            IdentifierNameSyntax => $"randn{sizes}",
            _ => null,
        };

    /// <summary>The call that draws with a variance of 2 / fan-in, or what the activation that follows the layer needs.</summary>
    public static string Kaiming(string init, string tensor, Op? activation = null) =>
        $"{init}kaiming_normal_({tensor}, mode: {init}FanInOut.FanIn, "
        + $"nonlinearity: {init}NonlinearityType.{activation?.Nonlinearity ?? "ReLU"})";
}

/// <summary>What a layer's weights start with.</summary>
/// <param name="Step">Where the layer is first applied.</param>
/// <param name="All">All that starts them; the last one is what is left.</param>
/// <param name="IsSure">Whether the last one surely happens.</param>
internal sealed record WeightStart(Step Step, IReadOnlyList<Initialization> All, bool IsSure)
{
    public Initialization Left => All[All.Count - 1];
}
