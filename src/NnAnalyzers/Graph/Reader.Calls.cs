using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

internal sealed partial class Reader
{
    private IReadOnlyDictionary<string, Argument> Bind(IEnumerable<IArgumentOperation> arguments, Frame frame)
    {
        // Evaluated in the order written, kept in the order of the parameters.
        var values = new List<(int Ordinal, string Name, Argument Argument)>();
        foreach (var argument in arguments.OrderBy(a => a.Syntax.SpanStart))
            if (argument.Parameter is { } parameter)
                values.Add((parameter.Ordinal, parameter.Name, new Argument(Evaluate(argument.Value, frame), argument)));
        values.Sort((a, b) => a.Ordinal.CompareTo(b.Ordinal));
        var bound = new Dictionary<string, Argument>(values.Count);
        foreach (var (_, name, argument) in values) bound[name] = argument;
        return bound;
    }

    private Value Create(IObjectCreationOperation creation, Frame frame)
    {
        var arguments = Bind(creation.Arguments, frame);
        if (creation.Type is not INamedTypeSymbol type) return new Unknown("an object of no known type");
        if (torch.IsUserModule(type)) return MakeModule(type, creation, arguments, frame);
        if (torch.IsTorch(type) && torch.IsModule(type)) return MakeLayer(type.Name, creation, arguments, frame);
        if (torch.IsTorch(type) && torch.IsOptimizer(type)) return MakeOptimizer(type.Name, creation, arguments);
        if (torch.IsTensor(type)) return torch.IsParameter(type) && arguments.Values.FirstOrDefault()?.Value is Step from ? Apply(Weight, null, arguments, [from], creation) : Unread("a tensor made by hand", creation, []);
        if (creation.Initializer is { } initializer && type.AllInterfaces.Any(i => i.Name == "IEnumerable"))
            return new Items(initializer.Initializers.Select(i => i switch
            {
                IInvocationOperation { TargetMethod.Name: "Add", Arguments: [var only] } => Evaluate(only.Value, frame),
                IInvocationOperation { TargetMethod.Name: "Add", Arguments: { Length: 2 } two } => new Items(two.Select(a => Evaluate(a.Value, frame))),
                _ => Evaluate(i, frame),
            }));
        if (type.Name is "List" or "Collection" && !torch.IsTorch(type))
            return arguments.Values.FirstOrDefault()?.Value is Items source ? new Items(source.Elements) { IsComplete = source.IsComplete } : new Items([]);
        if (!torch.IsOwn(type))
            return new Unknown($"{type.Name} is not read");
        var made = new Instance(type) { Creation = creation, Arguments = arguments.Values.Select(a => a.Value).ToList() };
        Happens(EventKind.MakeObject, made, creation, arguments);
        if (creation.Constructor is { } constructor && _calls.Count < MaxDepth) Construct(type, made, arguments, constructor.IsImplicitlyDeclared ? null : constructor);
        return made;
    }

    /// <summary>A tensor that is learned.</summary>
    private static readonly Op Weight = new("Parameter", Role.Identity) { KeepsShape = true };

    private Layer MakeModule(INamedTypeSymbol type, IOperation creation, IReadOnlyDictionary<string, Argument> arguments, Frame frame)
    {
        var layer = new Layer(new Op(type.Name, Role.Opaque), creation) { Type = type, Arguments = arguments, Builder = frame.Builder };
        Layers.Add(layer);
        Happens(EventKind.CreateModel, layer, creation, arguments);
        return layer;
    }

    private Layer MakeLayer(string factory, IOperation creation, IReadOnlyDictionary<string, Argument> arguments, Frame frame)
    {
        var op = Catalog.Find(factory) is { } known && (known.Role != Role.Source || factory == "Identity") ? known : Catalog.Opaque(factory);
        Items? children = null;
        if (factory is "Sequential" or "ModuleList")
            children = arguments.Count == 0 ? new Items([]) : arguments.Values.First().Value switch
            {
                Items items => new Items(items.Elements.Select(e => e is Items { Elements: [var label, var module] } ? Named(module, label) : e)) { IsComplete = items.IsComplete },
                _ => null,
            };
        var layer = new Layer(factory is "Sequential" or "ModuleList" ? Catalog.Opaque(factory) : op, creation)
        {
            Arguments = arguments, Children = children, IsSequential = factory == "Sequential", Builder = frame.Builder,
        };
        Layers.Add(layer);
        if (layer.IsSequential) Happens(EventKind.CreateModel, layer, creation, arguments);
        return layer;
    }

    /// <summary>An element of a Sequential goes by the name it is given there.</summary>
    private static Value Named(Value module, Value label)
    {
        if (module is Layer layer && label is Constant { Raw: string name } && layer.Name == layer.Op.Name) layer.Name = name;
        return module;
    }

    private Optimizer MakeOptimizer(string kind, IOperation creation, IReadOnlyDictionary<string, Argument> arguments)
    {
        var optimizer = new Optimizer(kind, creation);
        foreach (var model in arguments.Values.SelectMany(a => a.Value is Items items ? items.Elements : [a.Value]))
            if (model is ParametersOf p) optimizer.Models.Add(p.Model);
        Happens(EventKind.CreateOptimizer, optimizer, creation, arguments);
        return optimizer;
    }

    private Value Invoke(IInvocationOperation call, Frame frame)
    {
        var method = call.TargetMethod;
        var receiver = call.Instance is null ? null : Evaluate(call.Instance, frame);

        if (method.MethodKind == MethodKind.DelegateInvoke)
        {
            var given = call.Arguments.Select(a => new Argument(Evaluate(a.Value, frame), a)).ToList();
            return receiver is Function function ? CallFunction(function, given, call, frame) : NotRead($"the delegate {call.Instance?.Syntax}", call, given.Select(a => a.Value));
        }

        var arguments = Bind(call.Arguments, frame);
        // An extension method's receiver is its first argument.
        var tensors = (receiver is null ? [] : new[] { receiver }).Concat(arguments.Values.SelectMany(a => a.Value is Items items ? items.Elements : [a.Value])).OfType<Step>().ToList();

        if (!torch.IsTorch(method)) return CallOwn(call, method, receiver, arguments, frame);

        var container = method.ContainingType;
        if (torch.IsNn(container) && method.Name == "Parameter" && tensors.Count > 0) return Apply(Weight, null, arguments, tensors, call);
        if (torch.IsNn(container)) return MakeLayer(method.Name, call, arguments, frame);
        if (torch.IsOptim(container)) return MakeOptimizer(method.Name, call, arguments);
        if (torch.IsInit(container))
        {
            if (arguments.Values.FirstOrDefault() is { Value: ParameterOf initialized }) Happens(EventKind.Init, initialized, call, arguments);
            return arguments.Values.FirstOrDefault()?.Value ?? new Unknown("an initialization");
        }
        if (receiver is Layer layer) return CallModule(call, method, layer, arguments, frame);
        if (receiver is Optimizer optimizer) return CallOptimizer(call, method, optimizer, arguments);
        if (receiver is ParameterOf && method.Name is "normal_" or "uniform_" or "fill_" or "zero_" or "trunc_normal_")
        {
            Happens(EventKind.Init, receiver, call, arguments);
            return receiver;
        }
        if (method.Name == "backward" && receiver is Step loss)
        {
            Happens(EventKind.Backward, loss, call, arguments);
            return new Constant(null);
        }
        if (receiver is Step tensor && method.Name == "size" && arguments.Values.FirstOrDefault()?.Value is Constant { Integer: { } axis }) return new Size(AxisOf(tensor, axis));

        if (Catalog.Find(method.Name) is { } op && (torch.IsTensor(method.ReturnType) || op.Role is Role.Indexing or Role.Reduction or Role.Recurrent))
        {
            if (op.Role == Role.Loss) return ApplyLoss(op, null, tensors, call, arguments);
            if (torch.IsTensor(method.ReturnType)) return Apply(op, null, arguments, tensors, call, frame.Builder);
            var steps = Apply(op, null, arguments, tensors, call, frame.Builder);
            return new Items([steps, steps]) { IsComplete = false };
        }
        return NotRead($"{method.ContainingType?.Name}.{method.Name}", call, tensors);
    }

    private Value NotRead(string what, IOperation operation, IEnumerable<Value> inputs) =>
        torch.IsTensor(operation.Type) || operation.Type is { IsTupleType: true } ? Unread($"{what} is not read", operation, inputs, what) : new Unknown($"{what} is not read");

    private Value CallModule(IInvocationOperation call, IMethodSymbol method, Layer layer, IReadOnlyDictionary<string, Argument> arguments, Frame frame)
    {
        switch (method.Name)
        {
            case "forward" or "call" or "Forward":
                return ApplyLayer(layer, arguments, call, frame);
            case "append" or "Add" or "add_module" or "register_module" when layer.Children is { } children:
                if (arguments.Values.Select(a => a.Value).OfType<Layer>().FirstOrDefault() is { } added) children.Elements.Add(Named(added, arguments.Values.First().Value));
                else children.IsComplete = false;
                return layer;
            case "parameters": return new ParametersOf(layer, false);
            case "named_parameters": return new ParametersOf(layer, true);
            case "modules" or "children": return new PartsOf(layer, false);
            case "named_modules" or "named_children": return new PartsOf(layer, true);
            case "state_dict":
                var captured = new ParametersOf(layer, true);
                Happens(EventKind.CaptureState, captured, call, arguments);
                return captured;
            case "apply":
                if (arguments.Values.Select(a => a.Value).OfType<Function>().FirstOrDefault() is { } each)
                    CallFunction(each, [new Argument(new PartsOf(layer, false), call)], call, frame);
                return layer;
            case "to" or "cuda" or "cpu" or "half" or "float" or "double":
                Happens(EventKind.Move, layer, call, arguments);
                return layer;
            case "save" or "save_state_dict": Happens(EventKind.Save, layer, call, arguments); return layer;
            case "load" or "load_py" or "load_state_dict" or "load_safetensors": Happens(EventKind.Load, layer, call, arguments); return layer;
            case "train": Happens(EventKind.Train, layer, call, arguments); return new Constant(null);
            case "eval": Happens(EventKind.Eval, layer, call, arguments); return new Constant(null);
            case "zero_grad": Happens(EventKind.ZeroGrad, layer, call, arguments); return new Constant(null);
            default: return NotRead($"{layer.Op.Name}.{method.Name}", call, arguments.Values.Select(a => a.Value));
        }
    }

    private Value CallOptimizer(IInvocationOperation call, IMethodSymbol method, Optimizer optimizer, IReadOnlyDictionary<string, Argument> arguments)
    {
        EventKind? kind = method.Name switch
        {
            "step" => EventKind.Step,
            "zero_grad" => EventKind.ZeroGrad,
            "save_state_dict" => EventKind.SaveOptimizer,
            "load_state_dict" => EventKind.LoadOptimizer,
            _ => null,
        };
        if (kind is { } happened) Happens(happened, optimizer, call, arguments);
        return new Unknown($"{optimizer.Kind}.{method.Name} is not read");
    }

    /// <summary>A method of the project itself, or of another library than TorchSharp.</summary>
    private Value CallOwn(IInvocationOperation call, IMethodSymbol method, Value? receiver, IReadOnlyDictionary<string, Argument> arguments, Frame frame)
    {
        if (receiver is Layer { Type: not null } module && method.Name is "forward" or "call" or "Forward" && receiver is Layer own && !ReferenceEquals(own, frame.This))
            return ApplyLayer(own, arguments, call, frame);
        // List<T> and LINQ, as far as they carry layers around.
        var first = receiver ?? arguments.Values.FirstOrDefault()?.Value;
        if (first is Items items)
            switch (method.Name)
            {
                case "Add" when arguments.Count == 1: items.Elements.Add(arguments.Values.First().Value); return new Constant(null);
                case "Add" when arguments.Count == 2: items.Elements.Add(new Items(arguments.Values.Select(a => a.Value))); return new Constant(null);
                case "AddRange" when arguments.Values.First().Value is Items more: items.Elements.AddRange(more.Elements); return new Constant(null);
                case "Insert" or "Remove" or "RemoveAt" or "Clear" or "Reverse" or "AddRange": items.IsComplete = false; return new Constant(null);
                case "ToArray" or "ToList" or "AsEnumerable" or "AsReadOnly" or "Cast": return items;
                case "First" when items.Elements.Count > 0: return items.Elements[0];
                case "Last" when items.Elements.Count > 0 && items.IsComplete: return items.Elements[items.Elements.Count - 1];
                case "Skip" when arguments.Values.Last().Value is Constant { Integer: { } skipped }: return new Items(items.Elements.Skip((int)skipped)) { IsComplete = items.IsComplete };
                case "Select" when arguments.Values.Select(a => a.Value).OfType<Function>().FirstOrDefault() is { } map:
                    return new Items(items.Elements.Take(MaxUnroll).ToList().Select(e => CallFunction(map, [new Argument(e, call)], call, frame)).ToList()) { IsComplete = items.IsComplete };
            }
        if (first is ParametersOf or PartsOf && method.Name is "ToArray" or "ToList" or "Where" or "Concat") return first;

        // load_py and the like are extensions of other libraries; a captured state dictionary is saved by whatever is called so.
        if (first is Layer loaded && method.Name.StartsWith("load", StringComparison.OrdinalIgnoreCase)) Happens(EventKind.Load, loaded, call, arguments);
        if (method.Name.StartsWith("save", StringComparison.OrdinalIgnoreCase) && arguments.Values.Select(a => a.Value).OfType<ParametersOf>().FirstOrDefault() is { } state) Happens(EventKind.Save, state.Model, call, arguments);
        if (receiver is Instance instance) Happens(EventKind.UseObject, instance, call, arguments);
        if (Get(frame, method) is Function local) return CallFunction(local, call.Arguments.Select(a => arguments[a.Parameter!.Name]).ToList(), call, frame);
        if (!torch.IsOwn(method)) return NotRead($"{method.ContainingType?.Name}.{method.Name}", call, arguments.Values.Select(a => a.Value));

        // Follow the call. Layers and steps made inside remember which helper they came out of.
        var self = method.IsStatic && method.MethodKind != MethodKind.LocalFunction ? null : receiver ?? frame.This;
        var builder = new BuilderCall(call, method);
        var inner = Run(method, self, arguments, builder, method.MethodKind == MethodKind.LocalFunction ? frame : null);
        return inner is null ? NotRead($"{method.Name} (followed too deep)", call, arguments.Values.Select(a => a.Value)) : Result(inner, method, call);
    }

    private Value CallFunction(Function function, IReadOnlyList<Argument> given, IInvocationOperation call, Frame frame)
    {
        Happens(EventKind.CallFunction, function, call);
        if (_calls.Count >= MaxDepth || _calls.Contains(function.Method, SymbolEqualityComparer.Default)) return NotRead("a function (followed too deep)", call, given.Select(a => a.Value));
        var arguments = new Dictionary<string, Argument>();
        for (var i = 0; i < function.Method.Parameters.Length && i < given.Count; i++) arguments[function.Method.Parameters[i].Name] = given[i];
        var builder = new BuilderCall(call, function.Method);
        var inner = function.Body is null
            ? Run(function.Method, function.Receiver, arguments, builder, null)
            : Run(function.Body, function.Method, function.Receiver, arguments, builder, function.Frame);
        return inner is null ? NotRead(function.Method.Name, call, given.Select(a => a.Value)) : Result(inner, function.Method, call);
    }

    private Value Result(Frame inner, IMethodSymbol method, IOperation call)
    {
        var trained = inner.Returns.Where(r => !r.PredictionOnly).Select(r => r.Value).ToList();
        if (trained.Count == 0) trained = inner.Returns.Select(r => r.Value).ToList();
        return trained.Count == 0 ? (method.ReturnsVoid ? new Constant(null) : NotRead($"{method.Name} returns nothing that is read", call, [])) : trained.Aggregate(Either);
    }

    /// <summary>Applies a Sequential that is a network of its own.</summary>
    public Value ApplyContainer(Layer container, Step input)
    {
        Steps.Add(input);
        Layers.AddRange(container.Children?.Elements.OfType<Layer>() ?? []);
        return ApplyLayer(container, Given(("input", input, container.Creation!)), container.Creation!, null);
    }

    private Value ApplyLayer(Layer layer, IReadOnlyDictionary<string, Argument> arguments, IOperation call, Frame? frame)
    {
        var tensors = arguments.Values.SelectMany(a => a.Value is Items items ? items.Elements : [a.Value]).OfType<Step>().ToList();
        if (layer.Op.Role == Role.Loss) return ApplyLoss(layer.Op, layer, tensors, call, arguments);
        if (layer.IsChoice && layer.Children is { } either)
            return either.Elements.OfType<Layer>().Select(l => ApplyLayer(l, arguments, call, frame)).ToList().Aggregate(Either);
        if (layer.IsSequential && insideNetwork)
        {
            if (layer.Children is not { IsComplete: true } children || tensors.Count != 1) return Unread($"the elements of {layer.Name} are not all known", call, tensors);
            Value current = tensors[0];
            foreach (var child in children.Elements)
                current = child is Layer element && current is Step input
                    ? ApplyLayer(element, Given(("input", input, call)), element.Creation ?? call, frame)
                    : Unread($"an element of {layer.Name} is not known", call, [current]);
            return current;
        }
        if (layer.IsSequential || layer.IsUserModule || layer.Creation is null && layer.Op.Role == Role.Opaque)
        {
            var kind = insideNetwork ? StepKind.Module : StepKind.Network;
            var applied = Add(new Step(kind, layer.Op, tensors, call) { Layer = layer, Arguments = arguments, Builder = frame?.Builder, PredictionOnly = _predictionOnly > 0 });
            return call.Type is INamedTypeSymbol { IsTupleType: true } tuple ? new Items(tuple.TupleElements.Select(_ => applied)) : applied;
        }
        if (layer.Op.Role == Role.Opaque) return Unread($"{layer.Op.Name} is not read", call, tensors, layer.Op.Name);
        var step = Apply(layer.Op, layer, arguments, tensors, call, frame?.Builder);
        return call.Type is INamedTypeSymbol { IsTupleType: true } outputs && call is IInvocationOperation ? new Items(outputs.TupleElements.Select((_, i) => i == 0 ? (Value)step : new Unknown("a recurrent state"))) : step;
    }

    private Step Apply(Op op, Layer? layer, IReadOnlyDictionary<string, Argument> arguments, IReadOnlyList<Step> inputs, IOperation operation, BuilderCall? builder = null)
    {
        var input = inputs.FirstOrDefault();
        return Add(new Step(StepKind.Operation, op, inputs, operation)
        {
            Layer = layer,
            Arguments = arguments,
            Builder = builder,
            PredictionOnly = _predictionOnly > 0,
            Shape = ShapeFunctions.Infer(op, layer, layer?.Arguments ?? arguments, input),
            Range = RangeOf(op, arguments, input),
        });
    }

    private Value ApplyLoss(Op op, Layer? layer, IReadOnlyList<Step> tensors, IOperation call, IReadOnlyDictionary<string, Argument> arguments)
    {
        var step = Add(new Step(StepKind.Operation, op, tensors, call) { Layer = layer, Arguments = arguments, PredictionOnly = _predictionOnly > 0, Shape = Shape.Of([]) });
        Losses.Add(step);
        return step;
    }

    /// <summary>The bounds of what comes out, where the operation or its operands tell; null when not known.</summary>
    private static ValueRange? RangeOf(Op op, IReadOnlyDictionary<string, Argument> arguments, Step? input)
    {
        if (op.Range.IsBounded) return op.Range;
        switch (op.Name)
        {
            case "tensor" or "as_tensor" when arguments.Values.FirstOrDefault()?.Value is Items { IsComplete: true, Elements: { Count: > 0 } values } && values.All(v => v is Constant { Number: not null }):
                return new(values.Min(v => ((Constant)v).Number!.Value), values.Max(v => ((Constant)v).Number!.Value));
            case "randn" or "randn_like" or "normal":
                return ValueRange.Any;
            case "exp" or "square":
                return new(0, double.PositiveInfinity);
            case "neg" when input?.Range is { } positive:
                return new(-positive.High, -positive.Low);
            case "add" or "sub" or "mul" or "div":
                return Combine(op.Name, arguments, input);
        }
        // What only moves or picks values keeps their bounds.
        return op.Role is Role.Reshape or Role.Permute or Role.Indexing or Role.Identity ? input?.Range : null;
    }

    private static ValueRange? Combine(string op, IReadOnlyDictionary<string, Argument> arguments, Step? input)
    {
        var operands = arguments.Values.Select(a => a.Value switch
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
}
