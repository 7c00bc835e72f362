using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>Softmax and log-softmax, called or written out: <c>x.exp() / x.exp().sum(1)</c>, <c>x - x.logsumexp(1)</c>.</summary>
internal static class Softmaxes
{
    /// <summary>The step that says over which axis, itself or what divides; null for anything else.</summary>
    public static Step? Over(Step step) => step switch
    {
        { Role: Role.Softmax } => step,
        { Op.Name: "div", Inputs: [{ Op.Name: "exp" } each, { Op.Name: "sum", Input: { } all } sum] }
            when all == each || all.Op.Name == "exp" && all.Input == each.Input => sum,
        { Op.Name: "sub", Inputs: [{ } each, { Op.Name: "logsumexp", Input: { } all } sum] } when all == each => sum,
        { Op.Name: "sub", Inputs: [{ } each, { Op.Name: "log", Input: { Op.Name: "sum", Input: { Op.Name: "exp", Input: { } all } } sum }] }
            when all == each => sum,
        _ => null,
    };

    /// <summary>The axis along which the values compete, as it is written; null where none is known.</summary>
    public static long? AxisOf(Step step) =>
        step.Op.Name == "Softmax2d" ? -3 : Over(step) is { } over ? Axis(over) : null;

    /// <summary>The axis a step works along, where it is one that is known.</summary>
    public static long? Axis(Step step) => (step.Arguments.ValueOf("dim") ?? step.Arguments.ValueOf("dimensions")) switch
    {
        Constant { Integer: { } axis } => axis,
        Items { IsComplete: true, Elements: [Constant { Integer: { } only }] } => only,
        _ => null,
    };
}
