using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Reading;

/// <summary>Modules: those of TorchSharp and the user's, what is done to them, and what their forward does.</summary>
internal sealed partial class Reader
{
    /// <summary>Puts another layer where a module that was read as a whole has one; what is in it is what was in it then.</summary>
    public void Replace(Value self, ISymbol member, Layer layer, State.Snapshot then)
    {
        if (_state.Get(self, member) is Layer old) Trace.Layers.Remove(old);
        Trace.Layers.Add(layer);
        _state.Set(self, member, layer);
        Take(layer, 0);

        void Take(Value value, int depth)
        {
            if (value is not Layer { Children: { } children } || depth > MaxMerging) return;
            if (then.Get((children, State.Contents)) is not Items held) return;
            _state.Set(children, State.Contents, held);
            foreach (var element in held.Elements) Take(element, depth + 1);
        }
    }

    /// <summary><c>fc.in_features</c> and the like.</summary>
    private static Dim SizeNamed(Layer layer, string name) => Catalog.Key(name) switch
    {
        "infeatures" or "inchannels" or "inputsize" or "numembeddings" => layer.In,
        "outfeatures" or "outchannels" or "hiddensize" or "embeddingdim" => layer.Out,
        _ => Dim.Unknown,
    };

    /// <summary>Whether a layer of TorchSharp's takes one tensor and gives one: <c>Module&lt;Tensor, Tensor&gt;</c>.</summary>
    private static bool? IsPlain(Layer layer, ITypeSymbol type) =>
        type is INamedTypeSymbol { TypeArguments.Length: 2 }
        ? layer.Op.Role is Role.Recurrent or Role.Attention or Role.Bilinear or Role.Loss ? null : true : null;

    /// <summary>Fills the fields of a module of the user's before they are first read.</summary>
    private void EnsureConstructed(Layer layer)
    {
        if (layer.Type is not { } type || _state.Get(layer, "constructed") is not null) return;
        _state.Set(layer, "constructed", new Constant(true));
        // What it is made of is told when the class itself is read.
        _nested++;
        if (!type.IsAbstract && (_calls.Count < MaxDepth || !Limited()))
        {
            Construct(type, layer, layer.Arguments, layer.Constructor);
            if (layer.Creation is not null) _state.Set(layer, "constructed", new Constant("whole"));
        }
        _nested--;
    }

    /// <summary>The module that is read as a whole; its layers and events are the reader's.</summary>
    public void ConstructRoot(INamedTypeSymbol type, Value self, Arguments? arguments = null)
    {
        _state.Set(self, "constructed", new Constant(true));
        Construct(type, self, arguments);
        if (!type.IsAbstract) _state.Set(self, "constructed", new Constant("whole"));
    }

    /// <summary>A tensor that is learned.</summary>
    private static readonly Op Weight = new("Parameter", Role.Identity) { Shape = ShapeFunctions.Same };

    private Layer MakeModule(INamedTypeSymbol type, IOperation creation, IMethodSymbol? constructor, Arguments arguments, Frame frame)
    {
        var layer =
            new Layer(new Op(type.Name, Role.Opaque), creation) { Type = type,
            Constructor = constructor is { IsImplicitlyDeclared: false } ? constructor : null, Arguments = arguments,
            Builder = frame.Builder, MadeWhile = Now.Loop };
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
            // A list that is handed over said so itself.
            if (given.Count > 1) Repeats(items, creation);
            children = Hold(factory == "ModuleDict" ? items : items.With(items.Elements.Select(Unlabelled)), factory);
        }
        var layer =
            new Layer(isContainer ? Catalog.Opaque(factory)
            : Catalog.Find(factory) is { Role: not Role.Source } known ? known : Catalog.Opaque(factory), creation)
        {
            Arguments = Freeze(arguments), Children = children, IsSequential = factory == "Sequential", Builder = frame.Builder,
            MadeWhile = Now.Loop,
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

    /// <summary>Where a module keeps a tensor that it calls by a name instead of a field.</summary>
    private static string Registered(string name) => "registered " + name;

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

    // ---- Modules and optimizers.

    // What captures its parameters stands by itself: a closure is made whenever the method is entered, whether it is used or not.

    private Value CallEach(Layer choice, IMethodSymbol method, Arguments arguments, IOperation call, bool isVirtual, Frame frame) =>
        Each(choice.Alternatives ?? Any(choice), c => c is Layer { IsChoice: false } layer
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
                foreach (var one in added) Repeats(children, one, call);
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
            case Effects.RegisterAll:
                if (_state.Get(layer, Registration.Slot) is null)
                    _state.Set(layer, Registration.Slot, new Registration(call, Now, _state.Now));
                Happens(EventKind.Register, layer, call, arguments);
                return new Constant(null);
            case "add_module" or "register_module":
                Happens(EventKind.Grow, layer, call, arguments);
                return new Constant(null);
            case "values" when layer.Children is not null:
                return ContentsOf(layer)!.With(ContentsOf(layer)!.Elements.Select(e => e is Items { Elements: [_, var value] } ? value
                    : e));
            case "register_buffer" or "register_parameter"
                when arguments.Values.ToList() is [Constant { Raw: string registered }, { } tensor, ..]:
                _state.Set(layer, Registered(registered), tensor);
                Happens(EventKind.Register, layer, call, arguments);
                return new Constant(null);
            case "get_buffer" or "get_parameter"
                when arguments.First is Constant { Raw: string asked } && _state.Get(layer, Registered(asked)) is { } kept:
                return Resolve(kept);
            case "parameters": return new ParametersOf(layer, false);
            case "named_parameters": return new ParametersOf(layer, true);
            case "modules" or "children": return new PartsOf(layer, false) { IsDeep = method.Name == "modules" };
            case "named_modules" or "named_children": return new PartsOf(layer, true) { IsDeep = method.Name == "named_modules" };
            case "state_dict":
                var captured = new ParametersOf(layer, true);
                Happens(EventKind.CaptureState, captured, call, arguments);
                return captured;
            case "apply":
                if (arguments.Values.OfType<Function>().FirstOrDefault() is { } each)
                    CallFunction(each, [new Argument("", new PartsOf(layer, false) { IsDeep = true }, call)], call, frame);
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

    /// <summary>The layers a module keeps in its fields, and those within them if they are asked for, once they are known.</summary>
    private IReadOnlyList<Layer>? ChildrenOf(PartsOf parts)
    {
        if (!parts.IsDeep) return HeldBy(parts);
        var all = new List<Layer>();
        foreach (var held in HeldBy(parts) ?? [])
        {
            all.Add(held);
            if (held.Children is null && held.Type is null) continue;
            if (all.Count > MaxUnroll || ChildrenOf(new PartsOf(held, false) { IsDeep = true }) is not { } within) return null;
            all.AddRange(within);
        }
        return all.Count > 0 ? all : null;
    }

    private IReadOnlyList<Layer>? HeldBy(PartsOf parts)
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

    /// <summary>Applies a Sequential that is a network of its own.</summary>
    public Value ApplyContainer(Layer container, Step input)
    {
        Current.Steps.Add(input);
        input.Body = Current;
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
}
