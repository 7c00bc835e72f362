using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>What Kaiming's scale assumes of the activation behind a layer, and what comes there.</summary>
/// <param name="Said">The activation that is said; with its slope where that is said.</param>
/// <param name="Wanted">The one that comes.</param>
/// <param name="Ratio">The gain of that one over the gain of the one that is said.</param>
internal sealed record Gain(string Said, string Wanted, double Ratio)
{
    private const double Tolerance = 1.25;

    /// <summary>The slope whose gain gives the usual start of linear layers, 1 / √fan-in.</summary>
    private static readonly double Usual = Math.Sqrt(5);

    /// <summary>The same kind of activation, with another slope.</summary>
    public bool IsOfSlope { get; private init; }

    /// <summary>The slope that comes.</summary>
    public double Slope { get; private init; }

    /// <summary>Another kind of activation, or a slope that is far off.</summary>
    public bool IsOff { get; private init; }

    /// <summary>Null where nothing is said, the usual start of linear layers is meant, or what comes has no gain of its own.</summary>
    public static Gain? Of(IInvocationOperation call, Arguments arguments, Step? next)
    {
        if (next is null || next.Op.Name is not ("ReLU" or "ReLU6" or "LeakyReLU" or "Tanh" or "Sigmoid")) return null;
        var wanted = next.Op.Nonlinearity is "ReLU" && next.Op.Name == "LeakyReLU" ? "LeakyReLU" : next.Op.Nonlinearity;
        double? slope = wanted == "ReLU" ? 0 : next.Arguments.ValueOf("negative_slope")?.Number;
        var kind = Explicit(arguments, "nonlinearity");
        var name = kind is null ? "LeakyReLU" : (Argument.Bare(kind.Value) as IFieldReferenceOperation)?.Field.Name;
        var isSlope = Explicit(arguments, "a") is not null;
        if (name is null || arguments.ValueOf("a")?.Number is not { } a || isSlope && Math.Abs(a - Usual) < 0.01
            || kind is null && !isSlope) return null;
        if (name == "ReLU") a = 0;
        var isRectifier = name is "ReLU" or "LeakyReLU";
        if (GainOf(name, a) is not { } said || GainOf(wanted, slope ?? 0) is not { } needed) return null;
        var isSame = isRectifier && wanted is "ReLU" or "LeakyReLU" && name is "ReLU" or "LeakyReLU" || name == wanted;
        return new(name == "LeakyReLU" && isSlope ? $"a slope of {Initialization.Number(a)}" : name, wanted, needed / said)
        {
            IsOfSlope = isSame, Slope = slope ?? 0,
            IsOff = !isSame || slope is not null && isSlope && Math.Max(needed / said, said / needed) > Tolerance,
        };
    }

    /// <summary>The gains of torch.nn.init.calculate_gain.</summary>
    private static double? GainOf(string name, double slope) => name switch
    {
        "ReLU" => Math.Sqrt(2),
        "LeakyReLU" => Math.Sqrt(2 / (1 + slope * slope)),
        "Tanh" => 5 / 3.0,
        "Sigmoid" or "Linear" => 1,
        _ => null,
    };

    private static IArgumentOperation? Explicit(Arguments arguments, string name) =>
        arguments.TryGetValue(name, out var given) && given.Operation is IArgumentOperation { ArgumentKind: ArgumentKind.Explicit } written
            ? written : null;
}
