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
        if (LoaderOf(type, arguments, creation) is { } loader) return loader;
        if (type.IsTupleType || type.Name is "KeyValuePair" or "Tuple") return new Items(arguments.Values.ToList());
        if (!torch.IsTorch(type) && !torch.IsOwn(type)
            && type.Name is "List" or "Dictionary" or "Collection" or "HashSet" or "Queue" or "Stack" or "LinkedList" or "SortedDictionary"
            or "ArrayList")
            return Initialize(Hold(arguments.Values.Select(ContentsOf).FirstOrDefault(c => c is not null) ?? Items.Empty),
                creation.Initializer, frame);
        if (!torch.IsOwn(type))
        {
            foreach (var function in arguments.Values.OfType<Function>()) CallFunction(function, [], creation, frame);
            if (!torch.IsTorch(type)) Escape(arguments.Values, creation);
            return new Unknown($"{type.Name} is not read");
        }
        var made = new Instance(type) { MadeIn = Now.Loop, Creation = creation, Arguments = arguments.Values.ToList() };
        Happens(EventKind.MakeObject, made, creation, arguments);
        if (creation.Constructor is { } constructor && (_calls.Count < MaxDepth || !Limited()))
            Construct(type, made, arguments, constructor.IsImplicitlyDeclared ? null : constructor);
        return Initialize(made, creation.Initializer, frame);
    }

    /// <summary>Runs <c>{ A = 1, B = 2 }</c> or <c>{ a, b }</c> behind a creation.</summary>
    private Value Initialize(Value made, IObjectOrCollectionInitializerOperation? initializer, Frame frame) =>
        initializer is null ? made : Initialize(made, initializer.Initializers, frame);

    private Value Initialize(Value made, ImmutableArray<IOperation> parts, Frame frame)
    {
        _initialized.Push(made);
        foreach (var part in parts)
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
        if (receiver is ParameterTrait { IsName: true } && arguments.First is Constant { Raw: string tested })
            return Truth.Of(new NameTest(method.Name, tested));
        if (!torch.IsOwn(method) && DataOf(method, receiver, arguments, call, frame) is { } data) return data;
        return torch.IsTorch(method) ? InvokeTorch(method, receiver, arguments, call, isVirtual, frame)
            : CallOwn(call, isVirtual ? Dispatch(method, receiver) : method, method, receiver, arguments, frame);
    }

    /// <summary>What stands for the result of something that is not followed.</summary>
    private Value NotRead(string what, IOperation operation, IEnumerable<Value> inputs) =>
        NotRead(operation.Type, what, operation, inputs.ToList());

    private Value NotRead(ITypeSymbol? type, string what, IOperation operation, IReadOnlyList<Value> inputs, bool isKnown = false)
    {
        // TorchSharp keeps what it is given to itself.
        if (!isKnown) Escape(inputs, operation);
        if (!isKnown) foreach (var array in inputs.OfType<Collection>()) Blur(array);
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
            : IsWhole(t) ? new Size(Dim.Named(new Symbol(what.Split('.').Last()) { IsSmaller = what == "Math.Min" }))
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

    /// <summary>A method of the project itself, or of another library than TorchSharp.</summary>
    private Value CallOwn(IOperation call, IMethodSymbol method, IMethodSymbol written, Value? receiver, Arguments arguments, Frame frame)
    {
        if (receiver is Layer { IsChoice: true } choice) return CallOwnEach(choice, written, arguments, call, frame);
        if (receiver is Layer module && Effects.OfModule(method.Name) == EventKind.Apply && !ReferenceEquals(receiver, frame.This))
            return ApplyLayer((Layer)receiver!, written, arguments, call, true, frame);
        // List<T> and LINQ, as far as they carry layers, tensors and sizes around.
        var first = receiver ?? arguments.First;
        if (!torch.IsOwn(method))
        {
            if (first is ShapeOf shape && Listed(shape, method) is { } part) return part;
            if ((method.Name is "ToArray" or "ToList" or "AddRange" or "AsEnumerable" ? Held(first) : ContentsOf(first)) is { } items
                && Listed(items, first as Collection ?? (first as Layer)?.Children, method, arguments, call, frame) is { } listed)
                return listed;
            // What stands for any of them: files.Select(Load).
            if (first is Unknown && method.Name is "Select" or "SelectMany"
                && method is { ContainingType.Name: "Enumerable", TypeArguments: [var one, ..] }
                && Listed(Several(Anything(one, "element")), null, method, arguments, call, frame) is { } each) return each;
            if (first is ParametersOf && method.Name == "Concat" && arguments.Values.LastOrDefault() is { } more
                && (more is ParametersOf || ContentsOf(more) is not null))
                return new Items((ContentsOf(more)?.Elements ?? ImmutableArray.Create(more)).Prepend(first));
            // A moving average goes through the parameters of two models side by side.
            if (first is ParametersOf own && method.Name == "Zip" && arguments.Values.ToList() is [_, ParametersOf others])
                return Several(new Items([AnyOf(own), AnyOf(others)]));
            if (first is ParametersOf or PartsOf && method.Name is "ToArray" or "ToList" or "Where" or "Concat" or "Select") return first;
            var given = arguments.Values.ToList();
            if (given is [Layer { Creation: not null } again, { Dim.Size: not (0 or 1) }]
                && method is { Name: "Repeat", ContainingType.Name: "Enumerable" }) Happens(EventKind.Repeat, again, call, arguments);
            if (given is [Collection filled, Layer { Creation: not null } all]
                && method is { Name: "Fill", ContainingType.Name: "Array" })
            {
                Happens(EventKind.Repeat, all, call, arguments);
                Change(filled, now => now.Elements.Length > 0 ? now.With(now.Elements.Select(_ => (Value)all))
                    : new Items([all]) { Repeats = true, IsComplete = false });
                return new Constant(null);
            }
            if ((Compute(method, given) ?? Read(method, receiver, given, arguments, call, frame)) is { } known) return known;
            if (method is { Name: "CreateInstance", ContainingType.Name: "Activator", TypeArguments: [var activated] })
                return CreateOf(activated, call, null, frame);
        }
        // load_py and the like are extensions of other libraries; a captured state dictionary is saved by whatever is called so.
        if (first is Layer loaded && Effects.OfOthers(method.Name) == EventKind.Load)
            Happens(EventKind.Load, loaded, call, arguments);
        if (Effects.OfOthers(method.Name) == EventKind.Save
            && arguments.Values.OfType<ParametersOf>().FirstOrDefault() is { } state) Happens(EventKind.Save, state.Model, call, arguments);
        if (receiver is Instance instance) Happens(EventKind.UseObject, instance, call, arguments);
        if (Get(frame, written.OriginalDefinition) is Function local) return CallFunction(local, arguments, call, frame);
        // A sum or a mean keeps and changes nothing of what it is given.
        if (!torch.IsOwn(method))
            return NotRead(call.Type, $"{method.ContainingType?.Name}.{method.Name}", call, arguments.Values.Append(receiver!).ToList(),
                isKnown: method.ContainingType?.Name == "Enumerable" && IsNumber(method.ReturnType));

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
        // A factory of TorchSharp's handed around as a value: norm = BatchNorm2d; lines.Select(float.Parse).
        if (function.Body is null && (torch.IsTorch(function.Method) || DataSources.Parses(function.Method)))
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

    /// <summary>forward of <c>Module&lt;Tensor, Tensor&gt;</c>.</summary>
    private IMethodSymbol PlainForward => torch.PlainForward!;

    // ---- Code that does not compile.

    /// <summary>
    /// A call no overload fits, half typed or written for another version of TorchSharp: read as the method that was meant, its
    /// arguments by what they are called there.
    /// </summary>
    private Value Candidate(IInvalidOperation invalid, Frame frame)
    {
        if (invalid.Syntax is InvocationExpressionSyntax { ArgumentList.Arguments: var written } call
            && models(call.SyntaxTree) is { } model && blocks.Meant(call, () => MeantBy(call, model)) is { } meant)
        {
            var arguments = new List<Argument>();
            for (var i = 0; i < written.Count; i++)
            {
                var parameter = ParameterFor(meant, written[i].NameColon?.Name.Identifier.Text, i)
                    ?? meant.Parameters.LastOrDefault(p => p.IsParams);
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

    /// <summary>The method of TorchSharp most of whose parameters take what is given; of several the one with the fewest others.</summary>
    private IMethodSymbol? MeantBy(InvocationExpressionSyntax call, SemanticModel model)
    {
        var given = call.ArgumentList.Arguments.Select(a => (Name: a.NameColon?.Name.Identifier.Text,
            model.GetTypeInfo(a.Expression, cancellation).Type)).ToList();
        return model.GetSymbolInfo(call, cancellation).CandidateSymbols.OfType<IMethodSymbol>().OrderByDescending(Fits).FirstOrDefault()
            is { } meant && torch.IsTorch(meant) ? meant : null;

        int Fits(IMethodSymbol method) => 32 * given.Where((a, i) =>
            ParameterFor(method, a.Name, i) is { } parameter
            && (a.Type is not { TypeKind: not TypeKind.Error } type
            || model.Compilation.ClassifyCommonConversion(type, parameter.Type) is { Exists: true, IsImplicit: true })).Count()
            - method.Parameters.Length;
    }

    /// <summary>The parameter that an argument is for, by the name it is given or its place.</summary>
    private static IParameterSymbol? ParameterFor(IMethodSymbol method, string? name, int place) =>
        name is null ? method.Parameters.ElementAtOrDefault(place)
        : method.Parameters.FirstOrDefault(p => Catalog.IsSameParameter(name, p.Name));
}
