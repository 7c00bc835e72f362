using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Reading;

internal sealed partial class Reader
{
    private Arguments Bind(ImmutableArray<IArgumentOperation> arguments, Frame frame)
    {
        if (arguments.Length == 0) return Arguments.None;
        var bound = new Argument?[arguments.Length];
        var inOrder = true;
        for (var i = 0; i < bound.Length; i++)
        {
            var argument = arguments[i];
            if (argument.ArgumentKind != ArgumentKind.DefaultValue)
                bound[i] = new Argument(argument.Parameter?.Name ?? "", Evaluate(argument.Value, frame), argument);
            inOrder &= i == 0 || argument.Parameter?.Ordinal > arguments[i - 1].Parameter?.Ordinal;
        }
        if (inOrder) return new Arguments(bound, arguments);
        // IOperation has them in the order they are evaluated in; they are kept in the order of the parameters.
        var order =
            Enumerable.Range(0, bound.Length).Where(i => arguments[i].Parameter is not null).OrderBy(i => arguments[i].Parameter!.Ordinal)
            .ToList();
        return new Arguments(order.Select(i => bound[i]).ToArray(), order.Select(i => arguments[i]).ToImmutableArray());
    }

    // ---- Objects.

    private Value Create(IObjectCreationOperation creation, Frame frame)
    {
        var arguments = Bind(creation.Arguments, frame);
        if (creation.Type is not INamedTypeSymbol written) return new Unknown("an object of no known type");
        var type = Closed(written, frame);
        if (torch.IsUserModule(type))
            return Initialize(MakeModule(type, creation, creation.Constructor, arguments, frame), creation.Initializer, frame);
        if (torch.IsTorch(type) && torch.IsModule(type))
            return Initialize(MakeLayer(type.Name, creation, arguments, frame), creation.Initializer, frame);
        if (torch.IsTorch(type) && torch.IsOptimizer(type)) return MakeOptimizer(type.Name, creation, arguments);
        if (torch.IsTensor(type))
            return torch.IsParameter(type) && arguments.First is Step from ? Apply(Weight, null, arguments, [from], creation)
                : Unread("a tensor made by hand", creation, []);
        if (type.IsTupleType || type.Name is "KeyValuePair" or "Tuple") return new Items(arguments.Values.ToList());
        if (!torch.IsTorch(type) && !torch.IsOwn(type)
            && type.Name is "List" or "Dictionary" or "Collection" or "HashSet" or "Queue" or "Stack" or "LinkedList" or "SortedDictionary"
            or "ArrayList")
            return Initialize(Hold(arguments.Values.Select(ContentsOf).FirstOrDefault(c => c is not null) ?? Items.Empty),
                creation.Initializer, frame);
        if (!torch.IsOwn(type))
        {
            foreach (var function in arguments.Values.OfType<Function>()) CallFunction(function, [], creation, frame);
            return new Unknown($"{type.Name} is not read");
        }
        var made = new Instance(type) { MadeIn = Now.Loop, Creation = creation, Arguments = arguments.Values.ToList() };
        Happens(EventKind.MakeObject, made, creation, arguments);
        if (creation.Constructor is { } constructor && (_calls.Count < MaxDepth || !Limited()))
            Construct(type, made, arguments, constructor.IsImplicitlyDeclared ? null : constructor);
        return Initialize(made, creation.Initializer, frame);
    }

    /// <summary>Runs <c>{ A = 1, B = 2 }</c> or <c>{ a, b }</c> behind a creation.</summary>
    private Value Initialize(Value made, IObjectOrCollectionInitializerOperation? initializer, Frame frame)
    {
        if (initializer is null) return made;
        _initialized.Push(made);
        foreach (var part in initializer.Initializers)
            if (part is IInvocationOperation { TargetMethod.Name: "Add" } add
                && (made as Collection ?? (made as Layer)?.Children) is { } collection)
            {
                var values = All(add.Arguments, frame);
                Change(collection, now => now.With(now.Elements.Add(values.Count == 1 ? values[0] : new Items(values))));
            }
            else Evaluate(part, frame);
        _initialized.Pop();
        return made;
    }

    /// <summary>A copy of an object, for <c>with</c>.</summary>
    private Value Copy(Value value)
    {
        if (value is not Instance { Type: var type } instance) return value;
        var copy = new Instance(type) { MadeIn = Now.Loop, Creation = instance.Creation, Arguments = instance.Arguments };
        foreach (var member in type.GetMembers().Where(m => m is IFieldSymbol or IPropertySymbol))
            if (GetMember(instance, member) is { } held) SetMember(copy, member, held);
        return copy;
    }

    /// <summary>A tensor that is learned.</summary>
    private static readonly Op Weight = new("Parameter", Role.Identity) { Shape = ShapeFunctions.Same };

    private Layer MakeModule(INamedTypeSymbol type, IOperation creation, IMethodSymbol? constructor, Arguments arguments, Frame frame)
    {
        var layer =
            new Layer(new Op(type.Name, Role.Opaque), creation) { Type = type,
            Constructor = constructor is { IsImplicitlyDeclared: false } ? constructor : null, Arguments = arguments,
            Builder = frame.Builder };
        Keep(layer);
        Happens(EventKind.CreateModel, layer, creation, arguments);
        return layer;
    }

    private Layer MakeLayer(string factory, IOperation creation, Arguments arguments, Frame frame)
    {
        var isContainer = factory is "Sequential" or "ModuleList" or "ModuleDict" or "ParameterList" or "ParameterDict";
        Collection? children = null;
        if (isContainer)
        {
            var given = arguments.Values.ToList();
            // One array or list of them, or each by itself.
            var items = given.Count == 0 ? Items.Empty : given.Count == 1 && given[0] is not Layer ? Held(given[0]) : new Items(given);
            items ??= new Items([]) { IsComplete = false };
            children = Hold(factory == "ModuleDict" ? items : items.With(items.Elements.Select(Unlabelled)), factory);
        }
        var layer =
            new Layer(isContainer ? Catalog.Opaque(factory)
            : Catalog.Find(factory) is { Role: not Role.Source } known ? known : Catalog.Opaque(factory), creation)
        {
            Arguments = Freeze(arguments), Children = children, IsSequential = factory == "Sequential", Builder = frame.Builder,
        };
        Keep(layer);
        if (layer.IsSequential) Happens(EventKind.CreateModel, layer, creation, arguments);
        return layer;
    }

    private void Keep(Layer layer)
    {
        if (_nested > 0) return;
        layer.Among = Trace.Layers;
        Trace.Layers.Add(layer);
    }

    private static Value Unlabelled(Value element) => element switch
    {
        Items { Elements: [var label, var module] } => Named(module, label),
        Optional optional => new Optional(optional.Condition, Unlabelled(optional.Element)),
        _ => element,
    };

    /// <summary>An element of a Sequential goes by the name it is given there.</summary>
    private static Value Named(Value module, Value label)
    {
        if (module is Layer layer && label is Constant { Raw: string name } && layer.Name == layer.Op.Name) layer.Name = name;
        return module;
    }

    private Optimizer MakeOptimizer(string kind, IOperation creation, Arguments arguments)
    {
        var optimizer = new Optimizer(kind, creation) { Arguments = arguments };
        foreach (var model in arguments.Values.SelectMany(v => ContentsOf(v) is { } items
            ? items.Elements.SelectMany(e => ContentsOf(e)?.Elements ?? ImmutableArray.Create(e)) : [v]))
            if (model is ParametersOf p) optimizer.Models.Add(p.Model);
            else if (model is ParameterOf { Layer: var layer }) optimizer.Models.Add(layer);
        Happens(EventKind.CreateOptimizer, optimizer, creation, arguments);
        return optimizer;
    }

    // ---- Calls.

    /// <summary>The method that runs when one is called on this object: the override of its class.</summary>
    private static T Dispatch<T>(T member, Value? receiver) where T : class, ISymbol
    {
        if (member.IsStatic || (receiver switch { Layer { Type: { } t } => t, Instance i => i.Type, _ => null }) is not { } type)
            return member;
        if (member.ContainingType.TypeKind == TypeKind.Interface) return type.FindImplementationForInterfaceMember(member) as T ?? member;
        if (!member.IsVirtual && !member.IsAbstract && !member.IsOverride) return member;
        for (var t = type; t is not null; t = t.BaseType)
            foreach (var own in t.GetMembers(member.Name))
                for (ISymbol? o = own; o is not null; o = o switch { IMethodSymbol m => m.OverriddenMethod,
                    IPropertySymbol p => p.OverriddenProperty, _ => null })
                    if (Same(o, member)) return own as T ?? member;
        return member;
    }

    private Value Invoke(IInvocationOperation call, Frame frame)
    {
        var method = call.TargetMethod;
        var receiver = call.Instance is null ? null : Evaluate(call.Instance, frame);
        if (method.MethodKind == MethodKind.DelegateInvoke)
        {
            var given = Bind(call.Arguments, frame);
            return receiver is not null ? Called(receiver, call, given, frame)
                : NotRead($"the delegate {call.Instance?.Syntax}", call, given.Values);
        }

        var arguments = Bind(call.Arguments, frame);
        return Invoke(method, receiver, arguments, call, call.IsVirtual || call.Instance is not IInstanceReferenceOperation, frame);
    }

    private Value Called(Value receiver, IInvocationOperation call, Arguments given, Frame frame) =>
        receiver is Function function ? CallFunction(function, given, call, frame)
        : receiver is Unknown { Alternatives: { } either } ? Each(either, f => Called(f, call, given, frame))
        : NotRead($"the delegate {call.Instance?.Syntax}", call, given.Values);

    private Value InvokeEach(Alternatives either, IMethodSymbol method, Arguments arguments, IOperation call, bool isVirtual,
        Frame frame) =>
        Each(either, r => Invoke(method, r, arguments, call, isVirtual, frame));

    private Value Invoke(IMethodSymbol method, Value? receiver, Arguments arguments, IOperation call, bool isVirtual, Frame frame)
    {
        if (receiver is Unknown { Alternatives: { } either }) return InvokeEach(either, method, arguments, call, isVirtual, frame);
        if (!torch.IsTorch(method))
            return CallOwn(call, isVirtual ? Dispatch(method, receiver) : method, method, receiver, arguments, frame);

        var container = method.ContainingType;
        // model.to(device) is an extension.
        if (receiver is null && method.IsExtensionMethod && arguments.First is Layer or Optimizer) receiver = arguments.First;
        if (receiver is Layer { IsChoice: false } layer) return CallModule(call, method, layer, arguments, isVirtual, frame);
        if (receiver is Layer choice) return CallEach(choice, method, arguments, call, isVirtual, frame);
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
        if (container.Name == "lr_scheduler")
        {
            var made = new Scheduler(method.Name, arguments.Values.OfType<Optimizer>().FirstOrDefault());
            Happens(EventKind.CreateScheduler, made, call, arguments);
            return made;
        }
        if (torch.IsInit(container))
        {
            if (arguments.First is ParameterOf initialized) Happens(EventKind.Init, initialized, call, arguments);
            return arguments.First ?? new Unknown("an initialization");
        }
        if (method.Name.StartsWith("clip_grad", StringComparison.Ordinal))
            Happens(EventKind.Clip, arguments.First ?? new Unknown("gradients"), call, arguments);
        if (receiver is ParameterOf && Effects.Initializes(method.Name))
        {
            Happens(EventKind.Init, receiver, call, arguments);
            return receiver;
        }
        if (receiver is ParameterOf { Layer: var filled } && method.Name == "copy_")
        {
            var isDrawn = arguments.Values.OfType<Step>().Any(s => Initialization.SpreadOf(s) is not null);
            Happens(isDrawn ? EventKind.Init : EventKind.Load, isDrawn ? receiver : filled, call, arguments);
            return receiver;
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
            if (method.Name.EndsWith("_", StringComparison.Ordinal) && call is IInvocationOperation { Instance: { } written }
                && Bare(written) is ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation)
                AssignTo(((IInvocationOperation)call).Instance!, applied, frame);
            return torch.IsTensor(method.ReturnType) ? applied : Results(op, applied, method.ReturnType, arguments);
        }
        return NotRead(call.Type, $"{container?.Name}.{method.Name}", call, arguments.Values.Append(receiver!).ToList(), isKnown: true);

        Value? Value(string name) => arguments.TryGetValue(name, out var given) ? given.Value : null;
    }

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

    /// <summary>What stands for the result of something that is not followed.</summary>
    private Value NotRead(string what, IOperation operation, IEnumerable<Value> inputs) =>
        NotRead(operation.Type, what, operation, inputs.ToList());

    private Value NotRead(ITypeSymbol? type, string what, IOperation operation, IReadOnlyList<Value> inputs, bool isKnown = false)
    {
        // TorchSharp keeps what it is given to itself.
        if (!isKnown) Escape(inputs, operation);
        if (!torch.IsTensor(type)) foreach (var read in Tensors(inputs)) read.IsReadOut = true;
        // Code that is handed over is run some time.
        foreach (var function in inputs.OfType<Function>()) CallFunction(function, [], operation, null);
        foreach (var function in inputs.OfType<Collection>().SelectMany(c => ContentsOf(c)!.Elements.OfType<Function>()))
            CallFunction(function, [], operation, null);
        return Stand(type);

        Value Stand(ITypeSymbol? t) =>
            torch.IsTensor(t) ? Unread($"{what} is not read", operation, inputs, what)
            : t is INamedTypeSymbol { IsTupleType: true } tuple && tuple.TupleElements.Any(e => torch.IsTensor(e.Type))
            ? new Items(tuple.TupleElements.Select(e => Stand(e.Type)).ToList())
            : IsWhole(t) ? new Size(Dim.Named(new Symbol(what.Split('.').Last())))
            : torch.IsModule(t) || torch.IsUserModule(t) || torch.IsOptimizer(t) ? Anything(t, what)
            : t is INamedTypeSymbol own && torch.IsOwn(own) && own.TypeKind is TypeKind.Class or TypeKind.Struct or TypeKind.Interface
            ? Anything(t, what)
            : new Unknown($"{what} is not read") { Name = what };
    }

    /// <summary>Code that is not read gets to know these.</summary>
    public void Escape(IEnumerable<Value> values, IOperation operation)
    {
        foreach (var value in values)
            if (value is Optimizer or Scheduler or Layer or Instance) Happens(EventKind.Escape, value, operation);
            else if (value is ParametersOf { Model: var model }) Happens(EventKind.Escape, model, operation);
            else if (value is Items or Collection && ContentsOf(value) is { } items)
            Escape(items.Elements.Where(e => e is not Items and not Collection), operation);
    }

    // ---- Modules and optimizers.

    // What captures its parameters stands by itself: a closure is made whenever the method is entered, whether it is used or not.

    private Value CallEach(Layer choice, IMethodSymbol method, Arguments arguments, IOperation call, bool isVirtual, Frame frame) =>
        Each(choice.Alternatives ?? Any(choice), c => c is Layer layer
            ? CallModule(call, method, layer, arguments, isVirtual, frame) : Invoke(method, c, arguments, call, isVirtual, frame));

    private Value CallOwnEach(Layer choice, IMethodSymbol written, Arguments arguments, IOperation call, Frame frame) =>
        Each(choice.Alternatives ?? Any(choice), c => CallOwn(call, Dispatch(written, c), written, c, arguments, frame));

    private Value ApplyEach(Layer choice, IMethodSymbol method, Arguments arguments, IOperation call, bool isVirtual, Frame? frame) =>
        Each(choice.Alternatives ?? Any(choice), l => l is Layer layer
            ? ApplyLayer(layer, method, arguments, call, isVirtual, frame)
            : NotRead($"one of several {choice.Name}", call, arguments.Values));

    /// <summary>The layers it may be, where no condition tells which.</summary>
    private static Alternatives Any(Layer choice)
    {
        Value rest = choice.Choices[choice.Choices.Length - 1];
        for (var i = choice.Choices.Length - 2; i >= 0; i--)
        {
            var either = new Alternatives(Truth.Of(new Unknown("which of several")), choice.Choices[i], rest);
            if (i == 0) return either;
            rest = new Layer(choice.Op, null) { Choices = choice.Choices.RemoveRange(0, i), Alternatives = either };
        }
        return new(Truth.Of(new Unknown("which of several")), rest, new Constant(null));
    }

    private Value CallModule(IOperation call, IMethodSymbol method, Layer layer, Arguments arguments, bool isVirtual, Frame frame)
    {
        switch (method.Name)
        {
            case "forward" or "call" or "Forward":
                return ApplyLayer(layer, method, arguments, call, isVirtual, frame);
            case "append" or "Add" or "add_module" or "register_module" or "Insert" or "extend" when layer.Children is { } children:
                Happens(EventKind.Grow, layer, call, arguments);
                var added = arguments.Values.ToList();
                if (layer.Op.Name == "ModuleDict")
                    Change(children, now => now.With(now.Elements.Add(added.Count == 1 ? added[0] : new Items(added))));
                else if (added.Count == 2 && added[1] is Layer && method.Name != "Insert")
                Change(children, now => now.With(now.Elements.Add(Named(added[1], added[0]))));
                else if (method.Name == "Insert" && added is [Constant { Integer: >= 0 and var at }, var inserted])
                Change(children,
                    now => at <= now.Elements.Length ? now.With(now.Elements.Insert((int)at, inserted))
                    : new Items(now.Elements.Add(inserted)) { IsComplete = false });
                else Change(children,
                now => ContentsOf(added.FirstOrDefault()) is { } several && added[0] is not Layer
                ? new Items(now.Elements.AddRange(several.Elements)) { IsComplete = now.IsComplete && several.IsComplete,
                Repeats = now.Repeats || several.Repeats } : now.With(now.Elements.AddRange(added)));
                return layer;
            case "values" when layer.Children is not null:
                return ContentsOf(layer)!.With(ContentsOf(layer)!.Elements.Select(e => e is Items { Elements: [_, var value] } ? value
                    : e));
            case "parameters": return new ParametersOf(layer, false);
            case "named_parameters": return new ParametersOf(layer, true);
            case "modules" or "children": return new PartsOf(layer, false);
            case "named_modules" or "named_children": return new PartsOf(layer, true);
            case "state_dict":
                var captured = new ParametersOf(layer, true);
                Happens(EventKind.CaptureState, captured, call, arguments);
                return captured;
            case "apply":
                if (arguments.Values.OfType<Function>().FirstOrDefault() is { } each)
                    CallFunction(each, [new Argument("", new PartsOf(layer, false), call)], call, frame);
                return layer;
            case "to" or "cuda" or "cpu" or "half" or "float" or "double":
                Happens(EventKind.Move, layer, call, arguments);
                return layer;
            case "save" or "save_state_dict": Happens(EventKind.Save, layer, call, arguments); return layer;
            case "load" or "load_py" or "load_state_dict" or "load_safetensors": Happens(EventKind.Load, layer, call, arguments);
                return layer;
            case "train": Happens(EventKind.Train, layer, call, arguments); return new Constant(null);
            case "eval": Happens(EventKind.Eval, layer, call, arguments); return new Constant(null);
            case "zero_grad": Happens(EventKind.ZeroGrad, layer, call, arguments); return new Constant(null);
            default:
                if (layer.Children is not null)
                    return Listed(ContentsOf(layer)!, layer.Children, method, arguments, call, frame)
                        ?? NotRead($"{layer.Op.Name}.{method.Name}", call, arguments.Values);
                return NotRead($"{layer.Op.Name}.{method.Name}", call, arguments.Values);
        }
    }

    private Value CallOptimizer(IOperation call, IMethodSymbol method, Optimizer optimizer, Arguments arguments)
    {
        // A closure handed to step runs in it.
        foreach (var closure in arguments.Values.OfType<Function>()) CallFunction(closure, [], call, null);
        if (Effects.OfOptimizer(method.Name) is { } happened) Happens(happened, optimizer, call, arguments);
        return new Unknown($"{optimizer.Kind}.{method.Name} is not read");
    }

    /// <summary>The layers a module keeps in its fields, once they are known.</summary>
    private IReadOnlyList<Layer>? ChildrenOf(PartsOf parts)
    {
        if (parts.Model.Children is not null)
            return ContentsOf(parts.Model) is { IsComplete: true, Repeats: false } items && items.Elements.All(e => e is Layer)
                ? items.Elements.Cast<Layer>().ToList() : null;
        if (parts.Model.Type is not { } type || !insideNetwork) return null;
        EnsureConstructed(parts.Model);
        var held = type.GetMembers().Where(m => m is IFieldSymbol { IsStatic: false } or IPropertySymbol { IsStatic: false })
            .Select(m => GetMember(parts.Model, m)).OfType<Layer>().ToList();
        return held.Count > 0 && held.All(l => !l.IsHandedIn) ? held : null;
    }

    /// <summary>A method of the project itself, or of another library than TorchSharp.</summary>
    private Value CallOwn(IOperation call, IMethodSymbol method, IMethodSymbol written, Value? receiver, Arguments arguments, Frame frame)
    {
        if (receiver is Layer { IsChoice: true } choice) return CallOwnEach(choice, written, arguments, call, frame);
        if (receiver is Layer module && method.Name is "forward" or "call" or "Forward" && !ReferenceEquals(receiver, frame.This))
            return ApplyLayer((Layer)receiver!, written, arguments, call, true, frame);
        // List<T> and LINQ, as far as they carry layers, tensors and sizes around.
        var first = receiver ?? arguments.First;
        if (!torch.IsOwn(method))
        {
            if (first is ShapeOf shape && Listed(shape, method) is { } part) return part;
            if ((method.Name is "ToArray" or "ToList" or "AddRange" or "AsEnumerable" ? Held(first) : ContentsOf(first)) is { } items
                && Listed(items, first as Collection ?? (first as Layer)?.Children, method, arguments, call, frame) is { } listed)
                return listed;
            if (first is ParametersOf or PartsOf && method.Name is "ToArray" or "ToList" or "Where" or "Concat" or "Select") return first;
            if (Compute(method, arguments.Values.ToList()) is { } number) return number;
            if (method is { Name: "CreateInstance", ContainingType.Name: "Activator", TypeArguments: [var activated] })
                return CreateOf(activated, call, null, frame);
        }
        // load_py and the like are extensions of other libraries; a captured state dictionary is saved by whatever is called so.
        if (first is Layer loaded && method.Name.StartsWith("load", StringComparison.OrdinalIgnoreCase))
            Happens(EventKind.Load, loaded, call, arguments);
        if (method.Name.StartsWith("save", StringComparison.OrdinalIgnoreCase)
            && arguments.Values.OfType<ParametersOf>().FirstOrDefault() is { } state) Happens(EventKind.Save, state.Model, call, arguments);
        if (receiver is Instance instance) Happens(EventKind.UseObject, instance, call, arguments);
        if (Get(frame, written.OriginalDefinition) is Function local) return CallFunction(local, arguments, call, frame);
        if (!torch.IsOwn(method)) return NotRead($"{method.ContainingType?.Name}.{method.Name}", call, arguments.Values.Append(receiver!));

        // Follow the call. Layers and steps made inside remember which helper they came out of.
        method = Closed(method, frame);
        var self = method.IsStatic && method.MethodKind != MethodKind.LocalFunction ? null : receiver ?? frame.This;
        if (self is Layer { Type: not null } fresh) EnsureConstructed(fresh);
        var builder = call is IInvocationOperation invocation ? new BuilderCall(invocation, method) : frame.Builder;
        var inner =
            Run(method, self, Rekey(arguments, written, method), builder, method.MethodKind == MethodKind.LocalFunction ? frame : null);
        if (inner is null)
            return NotRead(method.ReturnType,
                method.IsAbstract || method.ContainingType.TypeKind == TypeKind.Interface
                ? $"{method.ContainingType.Name}.{method.Name}, which is abstract,"
                : $"{method.Name} (followed too deep or without a body)", call, arguments.Values.ToList());
        HandBack(arguments, method, inner, frame);
        return Result(inner, method, call);
    }

    /// <summary>What a method left in its ref and out parameters.</summary>
    private void HandBack(Arguments arguments, IMethodSymbol method, Frame inner, Frame frame)
    {
        foreach (var parameter in method.Parameters)
            if (parameter.RefKind is RefKind.Ref or RefKind.Out
                && arguments.ElementAtOrDefault(parameter.Ordinal) is { Operation: IArgumentOperation { Value: { } target } }
                && Get(inner, parameter.OriginalDefinition) is { } left)
                AssignTo(target, left, frame);
    }

    /// <summary>An override may call its parameters by other names.</summary>
    private static Arguments Rekey(Arguments arguments, IMethodSymbol written, IMethodSymbol method)
    {
        if (SymbolEqualityComparer.Default.Equals(written, method)) return arguments;
        var renamed = new List<Argument>();
        foreach (var parameter in written.Parameters)
            if (parameter.Ordinal < method.Parameters.Length && arguments.TryGetValue(parameter.Name, out var argument))
                renamed.Add(argument with { Name = method.Parameters[parameter.Ordinal].Name });
        return new Arguments(renamed.ToArray());
    }

    private Value CallFunction(Function function, IReadOnlyList<Argument> given, IOperation call, Frame? frame)
    {
        Happens(EventKind.CallFunction, function, call);
        if (IsTooDeep(function.Method)) return NotRead(function.Method.ReturnType, "a function (followed too deep)", call, []);
        var arguments = new Arguments(given.Zip(function.Method.Parameters, (a, p) => a with { Name = p.Name }).ToArray());
        // A factory of TorchSharp's handed around as a value: norm = BatchNorm2d.
        if (function.Body is null && torch.IsTorch(function.Method))
            return Invoke(function.Method, function.Receiver, arguments, call, true, frame ?? function.Frame!);
        var builder = call is IInvocationOperation invocation ? new BuilderCall(invocation, function.Method) : null;
        var inner = function.Body is null
            ? Run(function.Method, function.Receiver, arguments, builder, null)
            : Run(function.Body, function.Method, function.Receiver, arguments, builder, function.Frame);
        if (inner is null)
            return NotRead(function.Method.ReturnType, function.Method.Name, call,
                given.Select(a => a.Value).Where(v => v is not Function).ToList());
        if (frame is not null) HandBack(arguments, function.Method, inner, frame);
        return Result(inner, function.Method, call);
    }

    private Value Result(Frame inner, IMethodSymbol method, IOperation call)
    {
        if (inner.IsIterator)
        {
            var isRepeated = inner.Returns.Any(r => r.When.Loop != inner.Loop && !r.When.Loop!.IsUnrolled);
            var isSure = inner.Returns.All(r => inner.Entry.Implies(r.When.Path));
            return Hold(new Items(inner.Returns.Select(r => r.Value).ToList()) { Repeats = isRepeated,
                IsComplete = isSure && !isRepeated });
        }
        var trained = inner.Returns.Where(r => !r.When.IsPrediction).ToList();
        if (trained.Count == 0) trained = inner.Returns;
        if (trained.Count > 0)
            return trained.Count == 1 ? trained[0].Value : Fold(trained.Select(r => (r.When.Path.Beyond(inner.Entry), r.Value)).ToList());
        return method.ReturnsVoid ? new Constant(null)
            : NotRead(method.ReturnType, $"{method.Name} (it returns nothing that is read)", call, []);
    }

    /// <summary>Applies a Sequential that is a network of its own.</summary>
    public Value ApplyContainer(Layer container, Step input)
    {
        Current.Steps.Add(input);
        Trace.Layers.AddRange(ContentsOf(container)?.Elements.OfType<Layer>() ?? []);
        return ApplySequence(container, [input], container.Creation!, null);
    }

    /// <summary>Applies a module class that is a network of its own to what it is given.</summary>
    public Value ApplyModule(Layer module, IMethodSymbol method, Arguments arguments, IOperation call) =>
        ApplyOwn(module, method, arguments, call, true, null);

    private Value ApplyLayer(Layer layer, IMethodSymbol method, Arguments arguments, IOperation call, bool isVirtual, Frame? frame)
    {
        if (!Spend()) return Unread("too large", call, []);
        var tensors = Tensors(arguments);
        if (layer.Type is null && tensors.Count > 0 && arguments.First is Unknown { Reason: var reason })
            tensors.Insert(0, Unread(reason, call, []));
        if (layer.Op.Role == Role.Loss) return ApplyLoss(layer.Op, layer, tensors, call, arguments);
        if (layer.IsChoice) return ApplyEach(layer, method, arguments, call, isVirtual, frame);
        if (layer.IsSequential && insideNetwork) return ApplySequence(layer, tensors, call, frame);
        if (layer.IsUserModule && !insideNetwork && LossMethodOf(layer, method) is { } loss)
            return Run(loss, layer, Rekey(arguments, method, loss), null, null) is { } inside ? Result(inside, loss, call)
                : NotRead(TypeOfCall(method, call), $"{layer.Op.Name}.{loss.Name}", call, tensors.Cast<Value>().ToList());
        if (layer.IsUserModule && (insideNetwork || ReferenceEquals(layer, frame?.This)))
            return ApplyOwn(layer, method, arguments, call, isVirtual, frame);
        if (layer.IsSequential || layer.IsUserModule || layer.IsHandedIn)
        {
            var kind = insideNetwork ? StepKind.Module : StepKind.Network;
            var applied =
                Add(new Step(kind, layer.Op, tensors, call) { Before = kind == StepKind.Network ? _state.Now : default, Layer = layer,
                Arguments = arguments, Builder = frame?.Builder, When = Now });
            Happens(EventKind.Apply, layer, call, arguments);
            var shapes = kind == StepKind.Network ? InferFrom(applied) : null;
            return TypeOfCall(method, call) is INamedTypeSymbol { IsTupleType: true } tuple ? Parts(applied, tuple, shapes) : applied;
        }
        if (layer.Op.Role == Role.Opaque)
            return Unread(layer.Op.OpaqueReason is { } opaque ? $"{layer.Op.Name} is opaque: {opaque}" : $"{layer.Op.Name} is not read",
                call, tensors, layer.Op.Name);
        var step = Apply(layer.Op, layer, layer.Arguments, tensors, call, frame?.Builder);
        if (layer.Op.HasWeights) Happens(EventKind.Apply, layer, call, arguments);
        return TypeOfCall(method, call) switch
        {
            INamedTypeSymbol { IsTupleType: true } outputs when call is IInvocationOperation =>
                Results(layer.Op, step, outputs, layer.Arguments),
            // MultiheadAttention returns an old tuple.
            INamedTypeSymbol { Name: "Tuple" } => new Items([step, Piece(step, 1)]),
            _ => step,
        };
    }

    /// <summary>What comes out of a network is worked out once, when the shape of any of it is first asked for.</summary>
    private Lazy<IReadOnlyList<Shape>>? InferFrom(Step applied)
    {
        if (ShapesOfNetwork is not { } ask) return null;
        var shapes = new Lazy<IReadOnlyList<Shape>>(() => ask(applied), LazyThreadSafetyMode.None);
        applied.Infer(() => shapes.Value is [var only] ? only : Shape.Unknown);
        return shapes;
    }

    /// <summary>The forward method of a module that has no weights and compares two tensors: a loss of the user's own.</summary>
    private IMethodSymbol? LossMethodOf(Layer layer, IMethodSymbol written)
    {
        var method = Dispatch(written, layer);
        if (!torch.IsOwn(method)) method = ForwardOf(layer.Type!, written);
        if (method is null || method.Parameters.Count(p => torch.IsTensor(p.Type)) < 2) return null;
        EnsureConstructed(layer);
        for (var t = layer.Type; t is not null && torch.IsOwn(t); t = t.BaseType)
            if (t.GetMembers()
                .Any(m => m is IFieldSymbol or IPropertySymbol
                && GetMember(layer, m) is Layer { Op.Role: not (Role.Loss or Role.Activation or Role.Softmax) })) return null;
        return method;
    }

    private static ITypeSymbol? TypeOfCall(IMethodSymbol method, IOperation call) =>
        call is IInvocationOperation ? call.Type : method.ReturnType;

    private Items Parts(Step applied, INamedTypeSymbol tuple, Lazy<IReadOnlyList<Shape>>? shapes = null)
    {
        return new(tuple.TupleElements.Select((e, i) => torch.IsTensor(e.Type) || e.Type is INamedTypeSymbol { Name: "Nullable" } ? Part(i)
            : Anything(e.Type, e.Name)).ToList());

        Value Part(int index)
        {
            var part = Piece(applied, index);
            if (shapes is not null) part.Infer(() => shapes.Value is { Count: > 1 } all && index < all.Count ? all[index] : Shape.Unknown);
            return part;
        }
    }

    private Value ApplySequence(Layer sequence, IReadOnlyList<Step> tensors, IOperation call, Frame? frame)
    {
        if (Held(sequence) is not { } children || tensors.Count != 1 || !children.IsComplete && !children.Repeats
            || children.Elements.Length == 0 && !children.IsComplete)
            return Unread("a Sequential whose elements are not all known", call, tensors);
        Value current = tensors[0];
        foreach (var child in children.Elements)
            if (child is not Optional optional) current = Next(child, current);
            else if (Path.Decides(optional.Condition) is { } there) current = there ? Next(optional.Element, current) : current;
            else current = Either(optional.Condition, Only(optional.Condition, optional.Element, e => Next(e, current)), current);
        return children.Repeats && current is Step after ? Repeated(tensors[0], after) : current;

        Value Next(Value child, Value input) => child is Layer element && Tensors([input]) is [var tensor]
            ? ApplyLayer(element, PlainForward, Given("input", tensor, call), element.Creation ?? call, true, frame)
            : Unread("an element of a Sequential is not known", call, [input]);
    }

    /// <summary>forward of <c>Module&lt;Tensor, Tensor&gt;</c>.</summary>
    private IMethodSymbol PlainForward => torch.PlainForward!;

    /// <summary>Reads forward of a module of the user's with what it is given; its steps are the inside of one step.</summary>
    private Value ApplyOwn(Layer layer, IMethodSymbol written, Arguments arguments, IOperation call, bool isVirtual, Frame? frame)
    {
        var method = isVirtual ? Dispatch(written, layer) : written;
        if (!torch.IsOwn(method)) method = ForwardOf(layer.Type!, written) ?? method;
        var given = Rekey(arguments, written, method);
        // Its own forward, called by one of its methods, is read in place.
        if (ReferenceEquals(layer, frame?.This))
            return Run(method, layer, given, frame?.Builder, null) is { } own ? Result(own, method, call)
                : NotRead(TypeOfCall(written, call), $"{layer.Op.Name}.{method.Name} (followed too deep or without a body)", call,
                given.Values.ToList());

        var isFresh = layer.Creation is not null && _state.Get(layer, "constructed") is null;
        var values = arguments.Values.ToList();
        if (blocks.Find(layer, written, values, isFresh, Now) is var (block, names))
            return Repeat(block, names, layer, values, call, frame);

        EnsureConstructed(layer);
        var (before, limits) = (Block.ShapesOf(values), _limits);
        var (outer, nested, builder) = (Current, _nested, frame?.Builder);
        var inputs = new List<Step>();
        var body = new Body(inputs, Trace) { IsOfNetwork = true };
        _inside = body;
        _nested++;
        var taken = given.With((value, name) => Alias(value, name, inputs));
        var inner = Run(method, layer, taken, null, null);
        Value result = inner is null ? new Unknown("not followed") : Result(inner, method, call);
        (_inside, _nested) = (outer, nested);
        var step = Add(new Step(StepKind.Module, layer.Op, inputs, call)
        {
            Layer = layer, Arguments = layer.Arguments, Builder = builder, Inner = inner is null ? null : body, When = Now,
            Reason = inner is null ? $"{layer.Op.Name}.{method.Name} is followed no deeper" : null,
        });
        if (inner is not null)
            foreach (var (value, _, when) in inner.Returns) Put(body.Outputs, value, when);
        switch (result)
        {
            case Step only:
                (step.Shape, step.Range) = (only.Shape, only.Range);
                // What was cut short by a limit is not the same elsewhere.
                if (step.Inner is not null && _limits == limits && isFresh) blocks.Add(new Block(written, step, values, before));
                return step;
            case Items or Collection when Outside(result, step) is var parts:
                return parts;
            case Unknown when torch.IsTensor(TypeOfCall(written, call)):
                return step;
            case Unknown when TypeOfCall(written, call) is INamedTypeSymbol { IsTupleType: true } tuple:
                return Parts(step, tuple);
            default:
                return result;
        }
    }

    /// <summary>Applies a module that does what an earlier one did.</summary>
    private Step Repeat(Block block, Renaming names, Layer layer, IReadOnlyList<Value> given, IOperation call, Frame? frame)
    {
        for (var i = 0; i < given.Count; i++)
            if (given[i] is Step input && block.Says(i) is { } more) Refine(input, _ => names.In(more));
        return Add(new Step(StepKind.Module, layer.Op, given.OfType<Step>().ToList(), call)
        {
            Layer = layer, Arguments = layer.Arguments, Builder = frame?.Builder, Inner = block.Step.Inner,
            Shape = names.In(block.Step.Shape), Range = block.Step.Range, When = Now,
        });
    }

    /// <summary>The tensors a forward method returned, each with its place in the tuple.</summary>
    public void Put(List<Output> outputs, Value value, Moment when)
    {
        if (value is Step step) outputs.Add(new Output(step, when));
        else if (ContentsOf(value) is { } items)
            for (var i = 0; i < items.Elements.Length; i++)
                if (items.Elements[i] is Step element) outputs.Add(new Output(element, when, i));
    }

    /// <summary>A value with other tensors in it.</summary>
    public Value Copied(Value value, Func<Step, Step> copy) => value switch
    {
        Step step => copy(step),
        Items items => items.With(items.Elements.Select(e => Copied(e, copy)).ToList()),
        Collection collection when ContentsOf(collection) is { } held && held.Elements.Any(e => e is Step) =>
            Hold((Items)Copied(held, copy), collection.Name),
        _ => value,
    };

    /// <summary>A tensor as the inside of a module sees it.</summary>
    private Value Alias(Value value, string name, List<Step> inputs)
    {
        switch (value)
        {
            case Step step:
                inputs.Add(step);
                return Add(new Step(StepKind.Input, new Op(name, Role.Source), [], null) { Shape = step.Shape, Range = step.Range,
                    Outer = step, MayBeNull = step.MayBeNull });
            case Items items: return items.With(items.Elements.Select(e => Alias(e, name, inputs)).ToList());
            case Collection collection when ContentsOf(collection) is { } held && held.Elements.Any(e => e is Step):
                return Hold(held.With(held.Elements.Select(e => Alias(e, name, inputs)).ToList()), collection.Name);
            default: return value;
        }
    }

    /// <summary>What came out of a module as the outside sees it: parts of its step.</summary>
    private Value Outside(Value value, Step module, int index = 0)
    {
        switch (value)
        {
            case Step step: return Piece(module, index, step.Shape, step.Range);
            case Items items: return items.With(items.Elements.Select((e, i) => Outside(e, module, i)).ToList());
            case Collection collection: return Hold((Items)Outside(ContentsOf(collection)!, module), collection.Name);
            default: return value;
        }
    }

    /// <summary>The forward method of a class that takes as many tensors.</summary>
    private IMethodSymbol? ForwardOf(INamedTypeSymbol type, IMethodSymbol written)
    {
        for (var t = type; t is not null && torch.IsOwn(t); t = t.BaseType)
            if (t.GetMembers().OfType<IMethodSymbol>()
                .FirstOrDefault(m => m.Name is "forward" or "Forward" && !m.IsAbstract
                && m.Parameters.Length == written.Parameters.Length) is { } forward) return forward;
        return null;
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
            Range = RangeOf(op, arguments, inputs.FirstOrDefault()),
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
    private ValueRange? RangeOf(Op op, Arguments arguments, Step? input)
    {
        if (op.Range.IsBounded) return op.Range;
        switch (op.Name)
        {
            case "tensor"
                or "as_tensor" when ContentsOf(arguments.First) is { IsComplete: true, Elements: { Length: > 0 } values }
                && values.All(v => v is Constant { Number: not null }):
                return new(values.Min(v => ((Constant)v).Number!.Value), values.Max(v => ((Constant)v).Number!.Value));
            case "randn" or "randn_like" or "normal":
                return ValueRange.Any;
            case "neg" when input?.Range is { } positive:
                return new(-positive.High, -positive.Low);
            case "add" or "sub" or "mul" or "div":
                return Combine(op.Name, arguments, input);
        }
        // What only moves or picks values keeps their bounds.
        return op.Role is Role.Reshape or Role.Permute or Role.Indexing or Role.Identity ? input?.Range : null;
    }

    private static ValueRange? Combine(string op, Arguments arguments, Step? input)
    {
        var operands = arguments.Values.Select(v => v switch
        {
            Step s => s.Range,
            Constant { Number: { } n } => new ValueRange(n, n),
            _ => null,
        }).ToList();
        if (operands.Count == 1) operands.Insert(0, input?.Range);
        if (operands is not [{ } a, { } b]) return null;
        if (!a.IsBounded || !b.IsBounded) return ValueRange.Any;
        double[] ends = op switch
        {
            "add" => [a.Low + b.Low, a.High + b.High],
            "sub" => [a.Low - b.High, a.High - b.Low],
            "mul" => [a.Low * b.Low, a.Low * b.High, a.High * b.Low, a.High * b.High],
            _ when b.Low == b.High && b.Low != 0 => [a.Low / b.Low, a.High / b.Low],
            _ => [double.NaN],
        };
        return ends.Any(double.IsNaN) ? null : new(ends.Min(), ends.Max());
    }

    // ---- Code that does not compile.

    /// <summary>
    /// A call no overload fits, half typed or written for another version of TorchSharp: read as the method that was meant, its
    /// arguments by what they are called there.
    /// </summary>
    private Value Candidate(IInvalidOperation invalid, Frame frame)
    {
        if (invalid.Syntax is InvocationExpressionSyntax { ArgumentList.Arguments: var written } call
            && models(call.SyntaxTree) is { } model
            && model.GetSymbolInfo(call, cancellation).CandidateSymbols.OfType<IMethodSymbol>().OrderByDescending(m => Fits(m, written))
            .FirstOrDefault() is { } meant && torch.IsTorch(meant))
        {
            var arguments = new List<Argument>();
            for (var i = 0; i < written.Count; i++)
            {
                var parameter = written[i].NameColon is { } named
                    ? meant.Parameters.FirstOrDefault(p => Catalog.IsSameParameter(named.Name.Identifier.Text, p.Name))
                    : meant.Parameters.ElementAtOrDefault(i);
                parameter ??= meant.Parameters.LastOrDefault(p => p.IsParams);
                if (parameter is null || model.GetOperation(written[i].Expression, cancellation) is not { } operation) continue;
                var value = Evaluate(operation, frame);
                var before = arguments.FindIndex(a => a.Name == parameter.Name);
                if (parameter.IsParams)
                    value = before < 0 ? new Items([value]) : new Items(((Items)arguments[before].Value).Elements.Add(value));
                if (before >= 0) arguments.RemoveAt(before);
                arguments.Add(new Argument(parameter.Name, value, operation));
            }
            var receiver =
                !meant.IsStatic && call.Expression is MemberAccessExpressionSyntax access
                && model.GetOperation(access.Expression, cancellation) is { } instance ? Evaluate(instance, frame) : null;
            return Invoke(meant, receiver, new Arguments(arguments.ToArray()), invalid, true, frame);
        }
        var parts = All(invalid.ChildOperations, frame);
        return torch.IsTensor(invalid.Type) ? Unread("code that does not compile", invalid, parts)
            : new Unknown("code that does not compile");
    }

    /// <summary>How many of the arguments a method has a parameter for.</summary>
    private static int Fits(IMethodSymbol method, SeparatedSyntaxList<ArgumentSyntax> written) =>
        written.Select((a, i) => a.NameColon is { } named
        ? method.Parameters.FirstOrDefault(p => Catalog.IsSameParameter(named.Name.Identifier.Text, p.Name))
        : method.Parameters.ElementAtOrDefault(i))
            .OfType<IParameterSymbol>().Distinct<IParameterSymbol>(SymbolEqualityComparer.Default).Count() * 32 - method.Parameters.Length;
}
