using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Reading;

/// <summary>Tensors: the operations on them, their shapes and ranges, parts and indices.</summary>
internal sealed partial class Reader
{
    /// <summary><c>x[.., 0] = y</c> writes into x.</summary>
    private static readonly Op PutInto = Catalog.Get("index_put_");

    /// <summary><c>TensorIndex.Colon</c> and the like.</summary>
    private Pick? IndexNamed(ISymbol member) => member is { IsStatic: true, ContainingType.Name: "TensorIndex" } && torch.IsTorch(member)
        ? new Pick(member.Name == "Ellipsis" ? IndexKind.Ellipsis : member.Name is "Null" or "None" ? IndexKind.NewAxis : IndexKind.Slice)
        : null;

    private static Value Rank(Step tensor) =>
        tensor.Shape.HasRank ? new Constant((long)tensor.Shape.Rank) : new Unknown("a number of axes");

    /// <summary>The tensor whose axes this one's are, through steps that leave them.</summary>
    public static Step RootOf(Step tensor)
    {
        while (Behind(tensor) is { } behind) tensor = behind;
        return tensor;
    }

    private static Step? Behind(Step tensor) =>
        tensor is { Kind: StepKind.Operation, Op.KeepsShape: true, Input: { } input } ? input : tensor.Outer;

    /// <summary>The size of one axis; the same symbol for tensors that surely agree.</summary>
    public static Dim AxisOf(Step tensor, long index)
    {
        if (tensor.Shape.At(index) is { IsKnown: true } known) return known;
        if (tensor.Shape.Normalize(index) is { } axis) index = axis;
        return Dim.Named(new Axis(RootOf(tensor), (int)index));
    }

    /// <summary>A tensor of unknown rank that a layer reads has the axes this layer wants.</summary>
    private static void Refine(Step tensor, Func<Step, Shape> shape)
    {
        if (tensor.Shape.HasRank) return;
        var axes = shape(RootOf(tensor));
        for (var step = tensor; step is { Shape.HasRank: false }; step = Behind(step)) step.Shape = axes;
    }

    private Value Index(Step tensor, IReadOnlyList<Value> indices, IOperation operation) =>
        Apply(Catalog.Get("index"), null, Given("indices", new Items(indices), operation), [tensor], operation);

    /// <summary>One of several results of a step.</summary>
    private Step Piece(Step whole, int index, Shape? shape = null, ValueRange? range = null) =>
        Add(new Step(StepKind.Part, whole.Op, [whole], whole.Operation)
    {
        Index = index, Shape = shape ?? Shape.Unknown, Range = range ?? whole.Range, When = whole.When,
    });

    /// <summary>The parts of an operation with several results.</summary>
    private Value Results(Op op, Step applied, ITypeSymbol type, Arguments arguments)
    {
        if (type is INamedTypeSymbol { IsTupleType: true } states && op.Role == Role.Recurrent)
            return new Items(states.TupleElements.Select((_, i) => i == 0 ? (Value)applied
                : Piece(applied, i, ShapeFunctions.State(applied.Applied))).ToList());
        if (type is INamedTypeSymbol { IsTupleType: true } tuple)
            return new Items(tuple.TupleElements.Select((e, i) => !torch.IsTensor(e.Type) ? new Unknown("a part")
                : i == 0 ? (Value)applied
                : Piece(applied, i, op.Role is Role.Reduction or Role.Indexing or Role.Pooling ? applied.Shape : Shape.Unknown)).ToList());
        var axis = arguments.TryGetValue("dim", out var dim) || arguments.TryGetValue("dimension", out dim) ? dim.Value as Constant : null;
        var at = applied.Input?.Shape.Normalize(axis?.Integer ?? 0);
        var sizes = op.Name != "split" ? null
            : arguments.Where(a => a.Name is "sizes" or "split_size_or_sections").Select(a => ContentsOf(a.Value))
            .FirstOrDefault(i => i is { IsComplete: true, Repeats: false })?.Elements.Select(e => e.Dim).ToList();
        var count = op.Name switch
        {
            "chunk" when arguments.TryGetValue("chunks", out var chunks) => (chunks.Value as Constant)?.Integer,
            "split" when sizes is { Count: > 1 } => sizes.Count,
            "split" when Part0(arguments) is { } size && at is { } a && applied.Input!.Shape.Dims[a].Size is { } n && size > 0 =>
                (n + size - 1) / size,
            "unbind" when at is { } a => applied.Input!.Shape.Dims[a].Size,
            _ => null,
        };
        if (count is not (> 0 and <= MaxUnroll))
            return Hold(new Items([Piece(applied, 0, applied.Shape)]) { Repeats = true, IsComplete = false,
                Count = count is { } n ? Dim.Of(n) : Dim.Unknown });
        return Hold(new Items(Enumerable.Range(0, (int)count)
            .Select(i =>
            (Value)Piece(applied, i, sizes is { Count: > 1 } && at is { } a ? applied.Input!.Shape.With(a, sizes[i]) : applied.Shape))
            .ToList()));

        long? Part0(Arguments all) =>
            all.Where(a => a.Name is "size" or "sizes" or "split_size_or_sections")
            .Select(a => a.Value is Constant c ? c.Integer
            : ContentsOf(a.Value) is { Elements: [Constant { Integer: var only }] } ? only : null).FirstOrDefault();
    }

    // ---- Operations on tensors.

    private Step Apply(Op op, Layer? layer, Arguments arguments, IReadOnlyList<Step> inputs, IOperation operation,
        BuilderCall? builder = null)
    {
        var step = Add(new Step(StepKind.Operation, op, inputs, operation)
        {
            Layer = layer,
            Arguments = Freeze(arguments),
            Builder = builder,
            When = Now,
            Range = RangeOf(op, arguments, inputs),
            Origin = op.Role == Role.Source ? OriginOf(arguments.First) : null,
        });
        if (insideNetwork)
        {
            // What only one side of a branch wants says nothing about the input.
            if (Path.IsAlways) Solve(step);
            step.Shape = ShapeOf(step);
        }
        else if (op.Shape is not null) Infer(step);
        return step;
    }

    /// <summary>A tensor made of data is as long as its data: sizes of its own, where nothing says which.</summary>
    private static Shape OfData(Step step, Shape shape) =>
        step.Op.Name is "tensor" or "as_tensor" or "from_array" && shape.HasRank && !shape.IsConstant
        ? Shape.Of(shape.Dims.Select((d, i) => d.IsKnown ? d : Dim.Named(new Axis(step, i)))) : shape;

    /// <summary>A closure keeps what it captures: this one only the step.</summary>
    private static void Infer(Step step) => step.Infer(() => ShapeOf(step));

    /// <summary>What comes out where it throws is not known: one fault is told once.</summary>
    private static Shape ShapeOf(Step step) =>
        step.Op.Shape is { } shape && Contradiction.Of(step) is null ? OfData(step, shape(step.Applied)) : Shape.Unknown;

    /// <summary>What a layer wants of its input says what an input of unknown shape is.</summary>
    private static void Solve(Step step)
    {
        if (step.Input is not { Shape.HasRank: false } input) return;
        switch (step.Op)
        {
            case { Role: Role.Convolution or Role.TransposedConvolution or Role.Pooling, SpatialAxes: > 0 and var axes }:
                Map(axes, step.Layer?.In ?? Dim.Unknown);
                break;
            case { Role: Role.Normalization, SpatialAxes: > 1 and var axes }:
                Map(axes, step.Layer?.In ?? Dim.Unknown);
                break;
            // permute(0, 2, 1) says how many axes there are.
            case { Name: "permute" } when step.Arguments.TryGetValue("permutation", out var order)
                && order.Value is Items { IsComplete: true, Elements.Length: var rank }:
                Refine(input, root => Shape.Of(Enumerable.Range(0, rank).Select(i => Dim.Named(new Axis(root, i)))));
                break;
            case { Role: Role.Linear or Role.Recurrent or Role.Attention } when step.Layer?.In is { IsKnown: true } size
                && input.Shape.Dims.Length == 0:
                Refine(input, _ => Shape.EndingIn(size));
                break;
        }

        void Map(int axes, Dim channels) =>
            Refine(input,
            root => Shape.Of(Enumerable.Range(0, axes + 2)
            .Select(i => i == 1 && channels.IsKnown ? channels : Dim.Named(new Axis(root, i)))));
    }

    /// <summary>What both sides of a branch want of the same input says how many axes it has, whichever is taken.</summary>
    private void SolveBoth(Step a, Step b)
    {
        static bool IsSpatial(Step s) => s.Op is { Role: Role.Convolution or Role.TransposedConvolution or Role.Pooling, SpatialAxes: > 0 };
        if (!insideNetwork || !IsSpatial(a) || !IsSpatial(b) || a.Op.SpatialAxes != b.Op.SpatialAxes
            || a.Input is not { Shape.HasRank: false } input || b.Input != input) return;
        Refine(input, root => Shape.Of(Enumerable.Range(0, a.Op.SpatialAxes + 2).Select(i => Dim.Named(new Axis(root, i)))));
        (a.Shape, b.Shape) = (ShapeOf(a), ShapeOf(b));
    }

    private Value ApplyLoss(Op op, Layer? layer, IReadOnlyList<Step> tensors, IOperation call, Arguments arguments)
    {
        var step = Add(new Step(StepKind.Operation, op, tensors, call) { Layer = layer, Arguments = layer?.Arguments ?? arguments,
            When = Now });
        step.Infer(() => ShapeFunctions.Loss(step.Applied));
        if (_nested == 0) Trace.Losses.Add(step);
        Happens(EventKind.Loss, step, call, arguments);
        return step;
    }

    /// <summary>The bounds of what comes out, where the operation or its operands tell; null when not known.</summary>
    private ValueRange? RangeOf(Op op, Arguments arguments, IReadOnlyList<Step> inputs)
    {
        var input = inputs.Count > 0 ? inputs[0] : null;
        if (input?.Range is { IsBounded: true } given && given.Through(op.Name.ToLowerInvariant()) is { } through) return through;
        if (op.Range.IsBounded) return op.Range;
        switch (op.Name)
        {
            case "tensor" or "as_tensor" or "from_array":
                return RangeOf(arguments.First);
            case "randn" or "randn_like" or "normal":
                return ValueRange.Any;
            case "randint" when Number("high") is { } high:
                return new(Number("low") ?? 0, high - 1);
            case "arange" or "linspace" when Number("start") is { } start && (Number("stop") ?? Number("end")) is { } end:
                return new(Math.Min(start, end), Math.Max(start, end));
            case "clamp" when Number("min") is { } least && Number("max") is { } most:
                return input?.Range is { } cut ? new(Math.Min(Math.Max(cut.Low, least), most), Math.Max(Math.Min(cut.High, most), least))
                    : new(least, most);
            case "neg" when input?.Range is { } positive:
                return new(-positive.High, -positive.Low);
            case var _ when op.Role == Role.Join && input is not null && inputs.All(i => i.Range is not null):
                return inputs.Select(i => i.Range!.Value).Aggregate((a, b) => a.Join(b));
            case "add" or "sub" or "mul" or "div" or "pow":
                return Combine(op.Name, arguments, input);
        }
        // What only moves or picks values keeps their bounds.
        return op is { Role: Role.Reshape or Role.Permute or Role.Identity or Role.Indexing, Writes: false } ? input?.Range : null;

        double? Number(string name) => arguments.ValueOf(name)?.Number;
    }

    /// <summary>The bounds of all numbers in an array or list, where all have some.</summary>
    private ValueRange? RangeOf(Value? data)
    {
        if (ContentsOf(data) is not { Elements: { Length: > 0 and <= Budget.Elements } elements } items
            || !items.IsComplete && !items.Repeats) return null;
        ValueRange? all = null;
        foreach (var element in elements)
            if ((ContentsOf(element) is null ? element.Range : RangeOf(element)) is { } range) all = all?.Join(range) ?? range;
            else return null;
        return all;
    }

    /// <summary>A method of TorchSharp, by what it is called on: a module, an optimizer, a scheduler, a weight or tensors.</summary>
    private Value InvokeTorch(IMethodSymbol method, Value? receiver, Arguments arguments, IOperation call, bool isVirtual, Frame frame)
    {
        var container = method.ContainingType;
        // model.to(device) is an extension.
        if (receiver is null && method.IsExtensionMethod && arguments.First is Layer or Optimizer) receiver = arguments.First;
        if (receiver is Layer { IsChoice: false } layer) return CallModule(call, method, layer, arguments, isVirtual, frame);
        if (receiver is Layer choice) return CallEach(choice, method, arguments, call, isVirtual, frame);
        // foreach (var part in model.modules()) part.eval();
        if (receiver is PartsOf && Effects.OfModule(method.Name) is EventKind.Train or EventKind.Eval)
            Happens(Effects.OfModule(method.Name)!.Value, receiver, call, arguments);
        if (receiver is Optimizer optimizer) return CallOptimizer(call, method, optimizer, arguments);
        if (receiver is Scheduler scheduler)
        {
            if (method.Name == "step") Happens(EventKind.StepScheduler, scheduler, call, arguments);
            return new Unknown($"{scheduler.Kind}.{method.Name} is not read");
        }
        // An extension method's receiver is its first argument.
        var tensors = Tensors(arguments, receiver);
        if (torch.IsNn(container) && method.Name == "Parameter" && tensors.Count > 0) return Apply(Weight, null, arguments, tensors, call);
        if (torch.IsNn(container)) return MakeLayer(method.Name, call, arguments, frame);
        if (torch.IsOptim(container)) return MakeOptimizer(method.Name, call, arguments);
        if (container.Name == "lr_scheduler") return MakeScheduler(method.Name, call, arguments);
        if (torch.IsInit(container))
        {
            if (arguments.First is ParameterOf or Step) Happens(EventKind.Init, arguments.First, call, arguments);
            return arguments.First ?? new Unknown("an initialization");
        }
        if (method.Name.StartsWith("clip_grad", StringComparison.Ordinal))
            Happens(EventKind.Clip, arguments.First ?? new Unknown("gradients"), call, arguments);
        if (receiver is ParameterOf { Layer: var learned } && method.Name == Effects.Gradient) return new GradientOf(learned);
        if (receiver is GradientOf { Layer: var cleared })
        {
            if (Effects.Initializes(method.Name)) Happens(EventKind.ZeroGrad, cleared, call, arguments);
            return receiver;
        }
        // An update written by hand: p.sub_(rate * p.grad).
        if (receiver is ParameterOf { Layer: var updated } && IsInPlace(method) && arguments.Values.Any(v => IsOfGradient(v, 0)))
        {
            Happens(EventKind.Step, updated, call, arguments);
            return receiver;
        }
        if (receiver is ParameterOf && method.Name == Effects.Learned + "_")
        {
            if (arguments.First is not Constant { Raw: true }) Happens(EventKind.Freeze, receiver, call, arguments);
            return receiver;
        }
        if (receiver is ParameterOf { Name: null } && method.Name is "dim" or "ndimension") return new ParameterTrait(isName: false);
        if (receiver is ParameterOf && Effects.Initializes(method.Name))
        {
            Happens(EventKind.Init, receiver, call, arguments);
            return receiver;
        }
        if (receiver is ParameterOf { Layer: var filled } && method.Name == "copy_")
        {
            var isDrawn = arguments.Values.OfType<Step>().Any(Initialization.IsMadeAnew);
            Happens(isDrawn ? EventKind.Init : EventKind.Load, isDrawn ? receiver : filled, call, arguments);
            return receiver;
        }
        if (container.Name == "autograd" && method.Name == "backward")
        {
            foreach (var root in tensors) Happens(EventKind.Backward, root, call, arguments);
            return new Constant(null);
        }
        if (receiver is Step loss && method.Name == "backward")
        {
            Happens(EventKind.Backward, loss, call, arguments);
            return new Constant(null);
        }
        if (receiver is Step tensor)
            switch (method.Name)
            {
                case "size" when arguments.First is Constant { Integer: { } axis }: return new Size(AxisOf(tensor, axis));
                case "size": return new ShapeOf(tensor);
                case "dim" or "ndimension": return Rank(tensor);
                case "numel": return Number(tensor.Shape.HasRank ? Shape.Product(tensor.Shape.Dims) : Dim.Unknown, "a number of elements");
            }
        if (container.Name == "TensorIndex" && method.Name is "Slice")
            return new Pick(IndexKind.Slice, Value("start"), Value("stop"), Value("step"));
        if (container.Name == "TensorIndex" && arguments.Count == 1) return arguments.First!;
        if (method.Name is "MoveToOuter" or "MoveToOther" or "Detach" or "Include" && container.Name == "DisposeScope")
            return tensors.Count == 1 ? tensors[0] : arguments.First ?? new Constant(null);
        if (method.Name is "Dispose") return new Constant(null);
        if (Catalog.Find(method.Name) is { OpaqueReason: var opaque } op
            && (torch.IsTensor(method.ReturnType) || method.ReturnType is INamedTypeSymbol { IsTupleType: true } or IArrayTypeSymbol))
        {
            if (opaque is not null) return Unread($"{op.Name} is opaque: {opaque}", call, tensors, op.Name);
            if (op.Role == Role.Loss) return ApplyLoss(op, null, tensors, call, arguments);
            var applied = Apply(op, null, arguments, tensors, call, frame.Builder);
            // x.relu_() changes what x is.
            if (IsInPlace(method) && call is IInvocationOperation { Instance: { } written }
                && Changed(written) is ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation)
                AssignTo(Changed(written), applied, frame);
            return torch.IsTensor(method.ReturnType) ? applied : Results(op, applied, method.ReturnType, arguments);
        }
        return NotRead(call.Type, $"{container?.Name}.{method.Name}", call, arguments.Values.Append(receiver!).ToList(), isKnown: true);

        Value? Value(string name) => arguments.TryGetValue(name, out var given) ? given.Value : null;
    }

    private static bool IsInPlace(IMethodSymbol method) => method.Name.EndsWith("_", StringComparison.Ordinal);

    /// <summary>What a change in place changes: in x.sub_(1).div_(2) both change x.</summary>
    private static IOperation Changed(IOperation written) =>
        Bare(written) is IInvocationOperation { Instance: { } on, TargetMethod: var before } && IsInPlace(before) ? Changed(on)
        : Bare(written);

    /// <summary>A property of a tensor, a layer or a weight.</summary>
    private Value PropertyOfTorch(IPropertyReferenceOperation property, Value? receiver, string name, Frame frame)
    {
        switch (receiver)
        {
            case Optimizer optimizer when name == OptimizerCatalog.Groups:
                return new Items([new ParameterGroup(optimizer)]) { Repeats = optimizer.Models.Count == 0 };
            case ParameterGroup group when OptimizerCatalog.IsRate(name): return new CurrentRate(group.Optimizer, 1);
            case Step tensor when name == "shape": return new ShapeOf(tensor);
            case Step tensor when name is "ndim" or "Dimensions": return Rank(tensor);
            case Step tensor when name is "NumberOfElements":
                return Number(tensor.Shape.HasRank ? Shape.Product(tensor.Shape.Dims) : Dim.Unknown, "a number of elements");
            case Step tensor when torch.IsTensor(property.Type):
                return Catalog.Find(name) is { OpaqueReason: null } op ? Apply(op, null, Arguments.None, [tensor], property, frame.Builder)
                    : Unread($"{name} is not read", property, [tensor], name);
            case Step when name is "device" or "dtype": return new Unknown(name);
            case Layer { Type: not null } own when GetMember(own, property.Property) is { } set: return set;
            case Layer layer when torch.IsTensor(property.Type): return new ParameterOf(layer, name);
            case Layer layer when layer.Op.In is not null && SizeNamed(layer, name) is { IsKnown: true } size: return Number(size, name);
            case ParameterOf { Layer: var learned } when name == Effects.Gradient: return new GradientOf(learned);
            case ParameterOf parameter when torch.IsTensor(property.Type): return parameter;
            case ParameterOf { Name: null } when name is "ndim" or "Dimensions" or "shape": return new ParameterTrait(isName: false);
            case ParameterOf when name == "shape": return new Unknown("a weight's shape");
        }
        return IsWhole(property.Type) ? new Size(Dim.Named(new Symbol(name)))
            : torch.IsTensor(property.Type) ? Unread($"property {name} is not read", property, receiver is null ? [] : [receiver], name)
            : new Unknown($"property {name} is not read");
    }

    private static ValueRange? Combine(string op, Arguments arguments, Step? input)
    {
        var operands = arguments.Values.Select(v => v.Range).ToList();
        if (operands.Count == 1) operands.Insert(0, input?.Range);
        return operands is [{ } a, { } b] ? ValueRange.Combine(op, a, b) : null;
    }

    /// <summary>What TorchSharp calls an operator.</summary>
    private static string OperatorOf(BinaryOperatorKind kind) => kind switch
    {
        BinaryOperatorKind.Add => "add",
        BinaryOperatorKind.Subtract => "sub",
        BinaryOperatorKind.Multiply => "mul",
        BinaryOperatorKind.Divide => "div",
        BinaryOperatorKind.Remainder => "remainder",
        BinaryOperatorKind.LessThan => "lt",
        BinaryOperatorKind.GreaterThan => "gt",
        BinaryOperatorKind.LessThanOrEqual => "le",
        BinaryOperatorKind.GreaterThanOrEqual => "ge",
        BinaryOperatorKind.And => "logical_and",
        BinaryOperatorKind.Or => "logical_or",
        BinaryOperatorKind.ExclusiveOr => "logical_xor",
        BinaryOperatorKind.NotEquals => "ne",
        _ => "eq",
    };

    /// <summary>A number with the bounds that an operator gives it.</summary>
    private static Value Bounded(BinaryOperatorKind kind, Value left, Value right, Value result)
    {
        if (result is Unknown or Size && left.Range is { } a && right.Range is { } b)
            result.Range = ValueRange.Combine(OperatorOf(kind), a, b);
        return result;
    }

    /// <summary>An operator between tensors, weights and numbers.</summary>
    private Value CombineTensors(BinaryOperatorKind kind, Value left, Value right, IOperation operation)
    {
        if (left is Step || right is Step)
        {
            return Apply(Catalog.Get(OperatorOf(kind)), null,
                new Arguments(new Argument("left", left, operation), new Argument("right", right, operation)),
                new[] { left, right }.OfType<Step>().ToList(), operation);
        }
        var isOfGradient = left is GradientOf || right is GradientOf;
        return torch.IsTensor(operation.Type) ? Apply(Catalog.Get(isOfGradient ? OperatorOf(kind) : "mul"), null,
            new Arguments(new Argument("left", left, operation), new Argument("right", right, operation)), [], operation)
            : new Unknown("arithmetic on weights");
    }

    /// <summary>Whether a gradient goes into a value that is calculated from weights and numbers.</summary>
    private static bool IsOfGradient(Value value, int depth) => value is GradientOf
        || value is Step step && depth < MaxMerging && step.Arguments.Written.Concat(step.Inputs).Any(v => IsOfGradient(v, depth + 1));

    private Step Unary(IUnaryOperation unary, Step tensor) =>
        Apply(unary.OperatorKind == UnaryOperatorKind.Minus ? Catalog.Get("neg") : Catalog.Get("logical_not"), null,
                Given("input", tensor, unary.Operand), [tensor], unary);
}
