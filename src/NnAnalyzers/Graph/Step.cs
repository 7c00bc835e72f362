using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

internal enum StepKind { Input, Operation, Module, Network, Choice, Part, Unknown }

/// <summary>One operation on tensors in data-flow order; also the tensor that comes out of it.</summary>
internal sealed class Step(StepKind kind, Op op, IReadOnlyList<Step> inputs, IOperation? operation) : Value
{
    public override IndexKind IndexKind => IndexKind.Unknown;
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

    /// <summary>What it is a step of.</summary>
    public Body? Body { get; set; }

    /// <summary>The first activation it meets before the next layer with weights.</summary>
    public Op? NextActivation => NextActivationStep?.Op;

    /// <inheritdoc cref="NextActivation"/>
    public Step? NextActivationStep
    {
        get
        {
            for (var step = Users.FirstOrDefault(); step is not null && !step.HasWeights; step = step.Users.FirstOrDefault())
                if (step.IsActivation) return step;
            return null;
        }
    }

    /// <summary>
    /// The code that makes it makes other steps too: it stands in a loop, or in a helper or lambda that is called several times.
    /// </summary>
    public bool IsMadeRepeatedly =>
        Body is { } body
        && (body.Steps.Count(s => s.Syntax == Syntax && s.Kind == Kind && s.Index == Index) > 1
        || body.IsOfNetwork && When.Loop is not null);

    /// <summary>The state of the training code that applies a network, at that moment.</summary>
    public State.Snapshot Before { get; init; }

    /// <summary>What it works on gets other values: <c>w.normal_()</c>.</summary>
    public bool IsWritten => op.Writes || operation is IInvocationOperation { TargetMethod.Name: var name }
        && name.EndsWith("_", StringComparison.Ordinal) && !Effects.Moves(name) && name != Effects.Learned + "_";

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

    /// <summary>Training code is handed it from outside: a parameter of the method that is read first.</summary>
    public bool IsGiven { get; set; }

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

    /// <summary>For a tensor of a batch: the tensor that one of its samples is, or all samples are.</summary>
    public Step? Samples { get; init; }

    /// <summary>For a part of several results: which one.</summary>
    public int Index { get; init; }

    public string Name => Layer?.Name ?? op.Name;

    public Role Role => kind == StepKind.Operation ? op.Role : Role.Opaque;
    public bool IsActivation => Role == Role.Activation;

    /// <summary>The tensor it works on.</summary>
    public Step? Input => inputs.Count > 0 ? inputs[0] : null;

    /// <summary>Applies weights, by a layer that keeps them.</summary>
    public bool HasWeights => kind == StepKind.Operation && Layer is not null && op.HasWeights;

    /// <summary>
    /// Whether it does something else in training mode than in evaluation mode: dropout and batch normalization, also inside of layers.
    /// </summary>
    public bool DependsOnMode => Role switch
    {
        Role.Dropout when Layer is not null => Arguments.ValueOf("p")?.Number != 0,
        // As a function it is told, or drops always.
        Role.Dropout => Arguments.ValueOf("training") is Truth,
        Role.Normalization => Layer is not null && op.Name.StartsWith("BatchNorm", StringComparison.Ordinal)
            && Arguments.ValueOf("track_running_stats")?.Flag != false,
        Role.Recurrent or Role.Attention => Layer is { } layer && (Drops(layer) || layer.Arguments.Values.OfType<Layer>().Any(Drops)),
        _ => false,
    };

    private static bool Drops(Layer layer) => layer.Arguments.ValueOf("dropout")?.Number > 0;

    /// <summary>What its shape depends on, as far as that is known now.</summary>
    public Applied Applied => AppliedTo(inputs.Select(i => i.Shape).ToList());

    /// <summary>The same for inputs of other shapes.</summary>
    public Applied AppliedTo(params IReadOnlyList<Shape> shapes) => new AppliedOp(op, Layer, Arguments, shapes);

    public override string ToString() => Name;
}

/// <summary>What one application of a module does: its steps and what comes out. Modules that do the same share one.</summary>
/// <param name="inputs">The tensors it was read with, from outside.</param>
/// <param name="trace">The reading it belongs to.</param>
internal sealed class Body(IReadOnlyList<Step> inputs, Trace trace)
{
    public Trace Trace => trace;

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
