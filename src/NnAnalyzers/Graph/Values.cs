using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>What an expression of the user's code stands for while it is read.</summary>
internal abstract class Value;

/// <summary>Not understood; no rule may build on it.</summary>
internal sealed class Unknown(string reason) : Value
{
    public string Reason => reason;
}

/// <summary>A number, string, truth value or null known at compile time.</summary>
internal sealed class Constant(object? raw) : Value
{
    public object? Raw => raw;
    public long? Integer => raw switch { long l => l, int i => i, short s => s, byte b => b, uint u => u, _ => null };
    public double? Number => raw switch { double d => d, float f => f, _ => Integer };
}

/// <summary>A number that is some tensor's size.</summary>
internal sealed class Size(Dim dim) : Value
{
    public Dim Dim => dim;
}

/// <summary><c>x.shape</c>.</summary>
internal sealed class ShapeOf(Step tensor) : Value
{
    public Step Tensor => tensor;
}

/// <summary>An array, list or tuple.</summary>
internal sealed class Items(IEnumerable<Value> items) : Value
{
    public List<Value> Elements { get; } = items.ToList();

    /// <summary>False when more may be in it than was read.</summary>
    public bool IsComplete { get; set; } = true;
}

/// <summary>A lambda or a method handed around as a value, with the frame it was made in.</summary>
internal sealed class Function(IOperation? body, IMethodSymbol method, Frame? frame, Value? receiver) : Value
{
    public IOperation? Body => body;
    public IMethodSymbol Method => method;
    public Frame? Frame => frame;
    public Value? Receiver => receiver;

    /// <summary>The operation that made it.</summary>
    public IOperation? Site { get; set; }
}

/// <summary>An object of a class of the user's that is no module.</summary>
internal sealed class Instance(INamedTypeSymbol type) : Value
{
    public INamedTypeSymbol Type => type;
    public IOperation? Creation { get; set; }
    public IReadOnlyList<Value> Arguments { get; set; } = [];
}

internal sealed class Optimizer(string kind, IOperation? creation) : Value
{
    public string Kind => kind;
    public IOperation? Creation => creation;

    /// <summary>The modules whose parameters it steps.</summary>
    public List<Layer> Models { get; } = [];

    public override string ToString() => kind;
}

/// <summary>One parameter tensor of a layer (<c>fc1.weight</c>), or any of a module's (<c>foreach (var p in parameters())</c>).</summary>
internal sealed class ParameterOf(Layer layer, string? name) : Value
{
    public Layer Layer => layer;

    /// <summary>Null for any parameter.</summary>
    public string? Name => name;
}

/// <summary><c>model.parameters()</c>, <c>model.named_parameters()</c> or <c>model.state_dict()</c>.</summary>
internal sealed class ParametersOf(Layer model, bool named) : Value
{
    public Layer Model => model;
    public bool Named => named;
}

/// <summary><c>model.modules()</c> and the like: any part of a module.</summary>
internal sealed class PartsOf(Layer model, bool named) : Value
{
    public Layer Model => model;
    public bool Named => named;
}

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

    /// <summary>Arguments by parameter name.</summary>
    public IReadOnlyDictionary<string, Argument> Arguments { get; init; } = new Dictionary<string, Argument>();

    /// <summary>Elements of a Sequential or ModuleList, or the alternatives of a choice; null for a plain layer.</summary>
    public Items? Children { get; init; }
    public bool IsSequential { get; init; }
    public bool IsChoice { get; init; }

    /// <summary>The helper call it came out of.</summary>
    public BuilderCall? Builder { get; init; }

    /// <summary>Its name, or its kind and sizes if it was given none.</summary>
    public string Label => Name != op.Name || !In.IsKnown ? Name : $"{Name}({In} → {Out})";

    public bool IsUserModule => Type is not null;

    /// <summary>Where it was applied.</summary>
    public List<Step> Applications { get; } = [];

    /// <summary>The first activation its output meets.</summary>
    public Op? NextActivation
    {
        get
        {
            for (var step = Applications.FirstOrDefault()?.Users.FirstOrDefault(); step is not null && !step.HasWeights; step = step.Users.FirstOrDefault())
                if (step.IsActivation) return step.Op;
            return null;
        }
    }

    public Dim In => SizeOf(op.In);
    public Dim Out => SizeOf(op.Out);

    /// <summary>Whether it has a bias; null when not known.</summary>
    public bool? HasBias => op.Bias is null ? null
        : !Arguments.TryGetValue(op.Bias, out var argument) ? true
        : argument.Value is Constant { Raw: bool bias } ? bias : null;

    public Dim SizeOf(string? parameter) =>
        parameter is not null && Arguments.TryGetValue(parameter, out var argument) ? Reader.ToDim(argument.Value) : Dim.Unknown;

    /// <summary>Number of values each output is summed over; null when not known. Source: the definition in torch.nn.init.</summary>
    public long? FanIn => op.Role switch
    {
        Role.Linear => In.Size,
        Role.Convolution => In.Size is { } channels && KernelArea is { } area ? channels * area / Math.Max(1, Groups) : null,
        Role.Recurrent => In.Size,
        _ => null,
    };

    private long Groups => Arguments.TryGetValue("groups", out var groups) && groups.Value is Constant { Integer: { } n } ? n : 1;

    private long? KernelArea => ShapeFunctions.PerAxis(this, "kernel_size", op.SpatialAxes, null) is { } sizes ? sizes.Aggregate(1L, (a, b) => a * b) : null;

    public override string ToString() => Name;
}

/// <summary>An argument as written, with what it stands for.</summary>
internal sealed record Argument(Value Value, IOperation Operation);

internal enum StepKind { Input, Operation, Module, Network, Choice, Unknown }

/// <summary>One operation on tensors in data-flow order; also the tensor that comes out of it.</summary>
internal sealed class Step(StepKind kind, Op op, IReadOnlyList<Step> inputs, IOperation? operation) : Value
{
    public StepKind Kind => kind;
    public Op Op => op;
    public IReadOnlyList<Step> Inputs => inputs;

    /// <summary>The expression: the call in forward, or the element's creation when a Sequential applied it.</summary>
    public IOperation? Operation => operation;
    public SyntaxNode? Syntax => operation?.Syntax;

    /// <summary>The layer that was applied.</summary>
    public Layer? Layer { get; init; }
    public IReadOnlyDictionary<string, Argument> Arguments { get; init; } = new Dictionary<string, Argument>();
    public BuilderCall? Builder { get; init; }
    public List<Step> Users { get; } = [];
    public Shape Shape { get; set; } = Shape.Unknown;

    /// <summary>The values it can take; null when not known.</summary>
    public ValueRange? Range { get; set; }

    /// <summary>Why nothing is known of it.</summary>
    public string? Reason { get; init; }

    /// <summary>Only reached when the network predicts: in <c>if (!training)</c> or under no_grad.</summary>
    public bool PredictionOnly { get; init; }

    public string Name => Layer?.Name ?? (kind == StepKind.Input ? "input" : op.Name);

    public Role Role => kind == StepKind.Operation ? op.Role : Role.Opaque;
    public bool IsActivation => Role == Role.Activation;

    /// <summary>The tensor it works on.</summary>
    public Step? Input => inputs.Count > 0 ? inputs[0] : null;

    /// <summary>Applies weights, by a layer that keeps them.</summary>
    public bool HasWeights => kind == StepKind.Operation && Layer is not null && op.HasWeights;

    public override string ToString() => Name;
}

/// <summary>One call of a method while it is read.</summary>
internal sealed class Frame(IMethodSymbol? method, Value? self, Frame? lexical, BuilderCall? builder)
{
    public IMethodSymbol? Method => method;
    public Value? This => self;
    public Frame? Lexical => lexical;
    public BuilderCall? Builder => builder;
    public List<(Value Value, IOperation Operation, bool PredictionOnly)> Returns { get; } = [];
}

internal enum EventKind { CreateOptimizer, CreateModel, Move, Load, Save, CaptureState, SaveOptimizer, LoadOptimizer, Backward, Step, ZeroGrad, Train, Eval, Init, MakeFunction, CallFunction, MakeObject, UseObject }

/// <summary>Something that happens to a model, an optimizer or what saves them, in the order it is written.</summary>
internal sealed record Event(EventKind Kind, Value Subject, IOperation Operation)
{
    /// <summary>The loops around it, outermost first, through calls.</summary>
    public IReadOnlyList<IOperation> Loops { get; init; } = [];
    public IReadOnlyDictionary<string, Argument> Arguments { get; init; } = new Dictionary<string, Argument>();

    /// <summary>The statement it happens in, if that declares one variable with what is made.</summary>
    public LocalDeclarationStatementSyntax? Declaration =>
        Operation.Syntax.FirstAncestorOrSelf<StatementSyntax>() is LocalDeclarationStatementSyntax { Declaration.Variables.Count: 1 } declaration ? declaration : null;

    /// <summary>The name of that variable.</summary>
    public string? Variable => Declaration?.Declaration.Variables[0].Identifier.Text;
}
