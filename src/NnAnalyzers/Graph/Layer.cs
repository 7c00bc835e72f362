using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>A call of a method of the user's that makes layers or steps.</summary>
internal sealed record BuilderCall(IInvocationOperation Call, IMethodSymbol Helper);

/// <summary>
/// A module: a TorchSharp layer, a container, or an object of a module class of the user's.
/// </summary>
internal sealed class Layer(Op op, IOperation? creation) : Value
{
    public Op Op => op;

    /// <summary>The expression that makes it; null for a layer handed in from outside.</summary>
    public IOperation? Creation => creation;
    public SyntaxNode? Syntax => creation?.Syntax;

    /// <summary>The field or variable it was put in, or the operation's name.</summary>
    public string Name { get; set; } = op.Name;

    public bool IsNamedByLocal { get; set; }

    /// <summary>The user's module class.</summary>
    public INamedTypeSymbol? Type { get; init; }

    /// <summary>The constructor the user's class was made with.</summary>
    public IMethodSymbol? Constructor { get; init; }

    /// <summary>Arguments by parameter name.</summary>
    public Arguments Arguments { get; init; } = Arguments.None;

    /// <summary>Elements of a Sequential, ModuleList or ModuleDict; null for a plain layer.</summary>
    public Collection? Children { get; init; }
    public bool IsSequential { get; init; }

    /// <summary>The layers it may be, depending on a branch; empty for a layer that is what it is.</summary>
    public ImmutableArray<Layer> Choices { get; init; } = ImmutableArray<Layer>.Empty;
    public bool IsChoice => Choices.Length > 0;

    /// <summary>The innermost loop whose turn makes it; null outside of any.</summary>
    public Loop? MadeWhile { get; init; }

    /// <summary>The layers that were made with it.</summary>
    public IReadOnlyList<Layer>? Among { get; set; }

    /// <summary>The code that makes it makes others too: a helper that is called several times, a loop.</summary>
    public bool IsMadeRepeatedly => Among is not null && Among.Count(l => l.Syntax == Syntax) > 1;

    /// <summary>The module of which it stands for any part of its kind; null for a layer of its own.</summary>
    public Layer? AnyOf { get; init; }

    /// <summary>The helper call it came out of.</summary>
    public BuilderCall? Builder { get; init; }

    /// <summary>Its kind and sizes: <c>Linear(4 → 8)</c>.</summary>
    public string Signature => op.In is null ? op.Name : $"{op.Name}({In}{(op.Out is null ? "" : $" → {Out}")})";

    /// <summary>Its name, or its kind and sizes if it was given none.</summary>
    public string Label => Name != op.Name || !In.IsKnown ? Name : Signature;

    public bool IsUserModule => Type is not null;

    /// <summary>A module of which nothing is known but that it is one.</summary>
    public bool IsHandedIn => creation is null && Type is null && op.Role == Role.Opaque && !IsChoice && Children is null;

    public Dim In => SizeOf(op.In);
    public Dim Out => SizeOf(op.Out);

    /// <summary>Whether it has a bias; null when that is not written where it is made.</summary>
    public bool? HasBias => op.Bias is null ? null
        : !Arguments.TryGetValue(op.Bias, out var argument) ? true
        : argument is { Value: Constant { Raw: bool bias }, IsWrittenThere: true } ? bias : null;

    public Dim SizeOf(string? parameter) =>
        parameter is not null && Arguments.TryGetValue(parameter, out var argument) ? argument.Value.Dim : Dim.Unknown;

    /// <summary>Number of values each output is summed over; null when not known. Source: the definition in torch.nn.init.</summary>
    public long? FanIn => op.Role switch
    {
        Role.Linear => In.Size,
        Role.Convolution => In.Size is { } channels && KernelArea is { } area ? channels * area / Math.Max(1, Groups) : null,
        // A gate sums up the input and what it was before.
        Role.Recurrent => In.Size + Out.Size,
        _ => null,
    };

    private long Groups => Arguments.TryGetValue("groups", out var groups) && groups.Value is Constant { Integer: { } n } ? n : 1;

    /// <summary>A size of a kernel or stride for each axis it works on, as numbers; null when not known.</summary>
    public IReadOnlyList<long>? SizesOf(string parameter, long? otherwise) =>
        ShapeFunctions.PerAxis(new AppliedOp(op, this, Arguments, []), parameter, otherwise);

    private long? KernelArea => SizesOf("kernel_size", null) is { } sizes ? sizes.Aggregate(1L, (a, b) => a * b) : null;

    public override string ToString() => Name;
}
