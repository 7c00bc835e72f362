using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>Something that has variables or fields; told apart by identity.</summary>
internal abstract class Owner
{
    private static int _made;

    /// <summary>A hash that costs nothing; the object's own is slow the first time it is asked for.</summary>
    public int Hash { get; } = unchecked(_made += 0x61C88647);
}

/// <summary>What an expression of the user's code stands for while it is read.</summary>
internal abstract class Value : Owner
{
    /// <summary>What it is on either side of a condition, where it came out of two.</summary>
    public Alternatives? Alternatives { get; set; }
}

/// <summary>Not understood; no rule may build on it.</summary>
internal sealed class Unknown(string reason) : Value
{
    public string Reason => reason;

    /// <summary>What the code calls it, if it does.</summary>
    public string? Name { get; init; }
}

/// <summary>A number, string, truth value or null known at compile time.</summary>
internal sealed class Constant(object? raw) : Value
{
    public object? Raw => raw;
    public long? Integer => raw switch { long l => l, int i => i, short s => s, byte b => b, uint u => u, _ => null };
    public double? Number => raw switch { double d => d, float f => f, _ => Integer };
}

/// <summary>A number that is some tensor's size, or one of the user's that is not known.</summary>
internal sealed class Size(Dim dim) : Value
{
    public Dim Dim => dim;

    /// <summary>For the counter of a loop: the value it starts at.</summary>
    public long? First { get; init; }
}

/// <summary><c>x.shape</c>.</summary>
internal sealed class ShapeOf(Step tensor) : Value
{
    public Step Tensor => tensor;
}

/// <summary>A tuple, or what is in an array, a list or a container at one moment.</summary>
internal sealed class Items : Value
{
    public Items(IEnumerable<Value> items)
    {
        var elements = items is ImmutableArray<Value> all ? all : items.Take(Budget.Elements + 1).ToImmutableArray();
        foreach (var element in elements) Weight += element is Items inner ? inner.Weight : 1;
        Elements = Weight <= Budget.Elements ? elements : ImmutableArray<Value>.Empty;
    }

    public static readonly Items Empty = new([]);

    /// <summary>None of them where there are too many.</summary>
    public ImmutableArray<Value> Elements { get; }

    /// <summary>False when more may be in it than was read.</summary>
    public bool IsComplete { get => _isComplete && Weight <= Budget.Elements; init => _isComplete = value; }

    /// <summary>How many elements there are, those of tuples inside counted too.</summary>
    private int Weight { get; }

    /// <summary>Each element stands for any number like it.</summary>
    public bool Repeats { get; init; }

    /// <summary>The sizes of the array these are in, however many of its elements are known; null for anything else.</summary>
    public IReadOnlyList<Dim>? Extents { get; init; }

    private readonly bool _isComplete = true;

    public Items With(IEnumerable<Value> elements) => new(elements) { IsComplete = IsComplete, Repeats = Repeats };

    /// <summary>The value under a key that is known, in a dictionary kept as pairs.</summary>
    public Value? Under(object? key) => Elements.OfType<Items>().FirstOrDefault(p => p.Elements.Length == 2 && p.Elements[0] is Constant { Raw: { } raw } && raw.Equals(key))?.Elements[1];
}

/// <summary>An element of a list that is only there under a condition.</summary>
internal sealed class Optional(Truth condition, Value element) : Value
{
    public Truth Condition => condition;
    public Value Element => element;
}

/// <summary>An array, list or dictionary of the user's; the state says what is in it now.</summary>
internal sealed class Collection(string name) : Value
{
    public string Name => name;

    /// <summary>The sizes of an array, which never change; null for anything else.</summary>
    public IReadOnlyList<Dim>? Extents { get; init; }
}

internal enum PickKind { Ellipsis, NewAxis, Slice }

/// <summary>An index that is no number: <c>..</c>, <c>1..^1</c>, <c>TensorIndex.Slice(0, 4)</c>.</summary>
internal sealed class Pick(PickKind kind, Value? start = null, Value? stop = null, Value? step = null) : Value
{
    public PickKind Kind => kind;

    /// <summary>How many of an axis are taken.</summary>
    public Dim Extent(Dim size)
    {
        if (start is null or Constant { Raw: null } && stop is null or Constant { Raw: null } && step is null or Constant { Raw: null }) return size;
        static long? Number(Value? value, long? otherwise) => value is null or Constant { Raw: null } ? otherwise : (value as Constant)?.Integer;
        if (Number(start, 0) == 0 && Number(step, 1) == 1 && stop is Size to) return to.Dim;
        return stop is null or Constant { Raw: null }
            ? Number(step, 1) == 1 && Number(start, 0) is >= 0 and var from ? (size.Size is { } n ? Dim.Of(Math.Max(0, n - from)) : size - Dim.Of(from)) : Dim.Unknown
            : ShapeFunctions.Extent(size, Number(start, 0), Number(stop, null), Number(step, 1));
    }
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
    public IOperation? Creation { get; init; }
    public IReadOnlyList<Value> Arguments { get; init; } = [];
}

internal sealed class Optimizer(string kind, IOperation? creation) : Value
{
    public string Kind => kind;
    public IOperation? Creation => creation;

    /// <summary>The modules whose parameters it steps.</summary>
    public List<Layer> Models { get; } = [];

    /// <summary>Its settings by parameter name, the rate among them.</summary>
    public Arguments Arguments { get; init; } = Arguments.None;

    public override string ToString() => kind;
}

/// <summary>What changes an optimizer's rate as training goes on.</summary>
internal sealed class Scheduler(string kind, Optimizer? optimizer) : Value
{
    public string Kind => kind;
    public Optimizer? Optimizer => optimizer;
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

    /// <summary>The layers that were made with it.</summary>
    public IReadOnlyList<Layer>? Among { get; set; }

    /// <summary>The code that makes it makes others too: a helper that is called several times, a loop.</summary>
    public bool IsMadeRepeatedly => Among is not null && Among.Count(l => l.Syntax == Syntax) > 1;

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

internal enum StepKind { Input, Operation, Module, Network, Choice, Part, Unknown }

/// <summary>One operation on tensors in data-flow order; also the tensor that comes out of it.</summary>
internal sealed class Step(StepKind kind, Op op, IReadOnlyList<Step> inputs, IOperation? operation) : Value
{
    private Func<Shape>? _pending;
    private Shape _shape = Shape.Unknown;

    public StepKind Kind => kind;
    public Op Op => op;
    public IReadOnlyList<Step> Inputs => inputs;

    /// <summary>The expression: the call in forward, or the element's creation when a Sequential applied it.</summary>
    public IOperation? Operation => operation;
    public SyntaxNode? Syntax => operation?.Syntax;

    /// <summary>The layer that was applied.</summary>
    public Layer? Layer { get; init; }

    /// <summary>The layer's own arguments, or the call's.</summary>
    public Arguments Arguments { get; init; } = Arguments.None;
    public BuilderCall? Builder { get; init; }
    public List<Step> Users { get; } = [];

    /// <summary>Worked out when it is first asked for.</summary>
    public Shape Shape
    {
        get
        {
            if (_pending is { } pending)
            {
                _pending = null;
                _shape = pending();
            }
            return _shape;
        }
        set => (_pending, _shape) = (null, value);
    }

    public void Infer(Func<Shape> shape) => _pending = shape;

    /// <summary>The values it can take; null when not known.</summary>
    public ValueRange? Range { get; set; }

    /// <summary>What it is a step of.</summary>
    public Body? Body { get; set; }

    /// <summary>The first activation it meets before the next layer with weights.</summary>
    public Op? NextActivation
    {
        get
        {
            for (var step = Users.FirstOrDefault(); step is not null && !step.HasWeights; step = step.Users.FirstOrDefault())
                if (step.IsActivation) return step.Op;
            return null;
        }
    }

    /// <summary>The code that makes it makes other steps too: it stands in a loop, or in a helper or lambda that is called several times.</summary>
    public bool IsMadeRepeatedly => Body is { } body && (body.Steps.Count(s => s.Syntax == Syntax && s.Kind == Kind && s.Index == Index) > 1 || body.IsOfNetwork && When.Loops.Length > 0);

    /// <summary>The state of the training code that applies a network, at that moment.</summary>
    public State.Snapshot Before { get; init; }

    /// <summary>Its values are also read as numbers, or handed to code that is not read.</summary>
    public bool IsReadOut { get; set; }

    /// <summary>Why nothing is known of it.</summary>
    public string? Reason { get; init; }

    /// <summary>Under which conditions, in which loops and modes it happens.</summary>
    public Moment When { get; init; } = Moment.Start;

    /// <summary>Only reached when the network predicts: in <c>if (!training)</c> or under no_grad.</summary>
    public bool PredictionOnly => When.IsPrediction;

    /// <summary>On one side of a branch that was not decided.</summary>
    public bool Conditional => !When.Path.IsAlways;

    /// <summary>May also be null: an optional argument.</summary>
    public bool MayBeNull { get; init; }

    /// <summary>What a module of the user's does inside.</summary>
    public Body? Inner { get; init; }

    /// <summary>What an input of the inside is given here.</summary>
    public Step? Given(Step inside)
    {
        if (Inner is not null)
            for (var i = 0; i < inputs.Count; i++)
                if (ReferenceEquals(Inner.Inputs[i], inside.Outer)) return inputs[i];
        return inside.Outer;
    }

    /// <summary>For an input of such a module: the tensor it was given where it was read.</summary>
    public Step? Outer { get; init; }

    /// <summary>For a part of several results: which one.</summary>
    public int Index { get; init; }

    public string Name => Layer?.Name ?? op.Name;

    public Role Role => kind == StepKind.Operation ? op.Role : Role.Opaque;
    public bool IsActivation => Role == Role.Activation;

    /// <summary>The tensor it works on.</summary>
    public Step? Input => inputs.Count > 0 ? inputs[0] : null;

    /// <summary>Applies weights, by a layer that keeps them.</summary>
    public bool HasWeights => kind == StepKind.Operation && Layer is not null && op.HasWeights;

    public Applied Applied => new(op, Layer, Arguments, inputs);

    public override string ToString() => Name;
}

/// <summary>What one application of a module does: its steps and what comes out. Modules that do the same share one.</summary>
/// <param name="inputs">The tensors it was read with, from outside.</param>
/// <param name="reading">Who read it.</param>
internal sealed class Body(IReadOnlyList<Step> inputs, object reading)
{
    public object Reading => reading;

    /// <summary>Of a module, not of training code.</summary>
    public bool IsOfNetwork { get; init; }

    public IReadOnlyList<Step> Inputs => inputs;
    public List<Step> Steps { get; } = [];
    public List<Output> Outputs { get; } = [];
}

/// <summary>What a forward method returns on one of its ways out.</summary>
/// <param name="Index">Which element of a tuple; 0 when it returns one tensor.</param>
internal sealed record Output(Step Step, Moment When, int Index = 0)
{
    public bool PredictionOnly => When.IsPrediction;
}

/// <summary>One call of a method while it is read.</summary>
internal sealed class Frame(IMethodSymbol? method, Value? self, Frame? lexical, BuilderCall? builder) : Owner
{
    public IMethodSymbol? Method => method;
    public Value? This => self;
    public Frame? Lexical => lexical;
    public BuilderCall? Builder => builder;

    /// <summary>The conditions under which it was entered.</summary>
    public CodePath Entry { get; init; } = CodePath.Always;
    public List<(Value Value, IOperation Operation, Moment When)> Returns { get; } = [];
    public bool IsIterator { get; set; }
}

internal enum EventKind
{
    CreateOptimizer, CreateModel, CreateScheduler, Move, Load, Save, CaptureState, SaveOptimizer, LoadOptimizer, Backward, Step, StepScheduler, ZeroGrad, Clip, Train, Eval, Init,
    MakeFunction, CallFunction, MakeObject, UseObject,

    /// <summary>A container gets more modules.</summary>
    Grow,

    /// <summary>Code that is not read may do anything with it from now on.</summary>
    Escape,
}

/// <summary>Something that happens to a model, an optimizer or what saves them, in the order it is written.</summary>
internal sealed record Event(EventKind Kind, Value Subject, IOperation Operation)
{
    /// <summary>Under which conditions, in which loops and modes it happens.</summary>
    public Moment When { get; init; } = Moment.Start;

    /// <summary>The loops around it, outermost first, through calls.</summary>
    public ImmutableArray<IOperation> Loops => When.Loops;
    /// <summary>Its place among all events of the reading.</summary>
    public int Order { get; init; }
    public Arguments Arguments { get; init; } = Arguments.None;

    /// <summary>On one side of a branch that was not decided.</summary>
    public bool Conditional => !When.Path.IsAlways;

    /// <summary>The statement it happens in, if that declares one variable with what is made.</summary>
    public LocalDeclarationStatementSyntax? Declaration =>
        Operation.Syntax.FirstAncestorOrSelf<StatementSyntax>() is LocalDeclarationStatementSyntax { Declaration.Variables.Count: 1 } declaration ? declaration : null;

    /// <summary>The statement it happens in.</summary>
    public StatementSyntax? Statement => Operation.Syntax.FirstAncestorOrSelf<StatementSyntax>();

    /// <summary>The name of that variable.</summary>
    public string? Variable => Declaration?.Declaration.Variables[0].Identifier.Text;
}
