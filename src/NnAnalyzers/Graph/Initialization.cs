using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>Weights drawn from a normal or uniform distribution with constant bounds.</summary>
/// <param name="Call">init.normal_(..), tensor.uniform_(..) and the like.</param>
/// <param name="Layer">The layer whose parameter it is, or the module whose parameters they are.</param>
/// <param name="Parameter">The parameter's name; null for every parameter.</param>
/// <param name="Spread">Root mean square of what is drawn.</param>
internal sealed record Initialization(IInvocationOperation Call, Layer Layer, string? Parameter, double Spread)
{
    /// <summary>The initialization an event stands for; null if it is another kind or its bounds are not constant.</summary>
    public static Initialization? Of(Event happened) =>
        happened is { Kind: EventKind.Init, Subject: ParameterOf { Layer: var layer, Name: var name },
        Operation: IInvocationOperation call } && SpreadOf(call, happened.Arguments) is { } spread
            ? new Initialization(call, layer, name, spread) : null;

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
            "copy_" when arguments.Values.OfType<Step>().FirstOrDefault() is { } drawn => SpreadOf(drawn),
            _ => null,
        };
    }

    /// <summary>Root mean square of a tensor that is drawn at random; null for any other.</summary>
    public static double? SpreadOf(Step drawn) => drawn switch
    {
        { Op.Name: "randn" or "randn_like" } => 1,
        // Uniform between 0 and 1.
        { Op.Name: "rand" or "rand_like" } => Math.Sqrt(1 / 3.0),
        { Op.Name: "mul",
            Inputs: [var one] } when drawn.Arguments.Values.Select(v => v.Number).FirstOrDefault(n => n is not null) is { } factor =>
            SpreadOf(one) * Math.Abs(factor),
        { Op.Name: "Parameter", Input: { } inside } => SpreadOf(inside),
        _ => null,
    };

    /// <summary>
    /// How the code names torch.nn.init and the tensor: <c>init.normal_(w, ..)</c> keeps its way, <c>w.normal_(..)</c> spells it out.
    /// </summary>
    public (string Init, string Tensor)? Names => Call.Syntax switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } when !Call.TargetMethod.IsStatic =>
            ("TorchSharp.torch.nn.init.", access.Expression.ToString()),
        InvocationExpressionSyntax { Expression: var callee, ArgumentList.Arguments: var arguments }
            when arguments.FirstOrDefault(a => a.NameColon is null || a.NameColon.Name.Identifier.Text == "tensor") is { } tensor =>
            (callee is MemberAccessExpressionSyntax access ? access.Expression + "." : "", tensor.Expression.ToString()),
        _ => null,
    };

    /// <summary>The call that draws with a variance of 2 / fan-in, or what the activation that follows the layer needs.</summary>
    public static string Kaiming(string init, string tensor, Torch.Op? activation = null) =>
        $"{init}kaiming_normal_({tensor}, mode: {init}FanInOut.FanIn, "
        + $"nonlinearity: {init}NonlinearityType.{activation?.Nonlinearity ?? "ReLU"})";
}
