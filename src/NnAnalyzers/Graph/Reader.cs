using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>
/// Reads code the way it would run, with tensors, layers and optimizers in place of numbers: an abstract interpreter
/// over IOperation. It reads both a module class (layers, then forward) and training code (what happens to networks).
/// Calls of the project's own methods are followed with a depth bound; both sides of a branch are read and merged; a
/// loop over known layers is unrolled, any other is read once. What is not understood becomes <see cref="Unknown"/>.
/// </summary>
internal sealed partial class Reader(TorchSymbols torch, Func<SyntaxTree, SemanticModel> models, bool insideNetwork, CancellationToken cancellation)
{
    private const int MaxDepth = 8;
    private const int MaxOperations = 20_000;
    private const int MaxUnroll = 32;

    private ImmutableDictionary<(object Owner, ISymbol Symbol), Value> _state = ImmutableDictionary.Create<(object, ISymbol), Value>(SlotComparer.Instance);
    private readonly Stack<IMethodSymbol> _calls = new();
    private readonly List<IOperation> _loops = [];
    private int _operations;
    private int _predictionOnly;

    /// <summary>Layers in the order they were made.</summary>
    public List<Layer> Layers { get; } = [];

    /// <summary>Steps in data-flow order.</summary>
    public List<Step> Steps { get; } = [];

    public List<Event> Events { get; } = [];

    /// <summary>Every loss that was applied.</summary>
    public List<Step> Losses { get; } = [];

    public static Dim ToDim(Value value) => value switch
    {
        Constant { Integer: { } n } => Dim.Of(n),
        Size size => size.Dim,
        _ => Dim.Unknown,
    };

    /// <summary>Runs the initializers and the constructor of a class, its bases first; <paramref name="self"/> is the object.</summary>
    public void Construct(INamedTypeSymbol type, Value self, IReadOnlyDictionary<string, Argument>? arguments = null, IMethodSymbol? constructor = null)
    {
        if (type.BaseType is { } parent && torch.IsOwn(parent) && _calls.Count < MaxDepth) Construct(parent, self);
        var frame = new Frame(null, self, null, null);
        foreach (var member in type.GetMembers())
        {
            if (member is not (IFieldSymbol or IPropertySymbol) || member.IsStatic) continue;
            var value = member.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) switch
            {
                VariableDeclaratorSyntax { Initializer: { } initializer } => initializer,
                PropertyDeclarationSyntax { Initializer: { } initializer } => initializer,
                _ => null,
            };
            if (value is not null && models(value.SyntaxTree).GetOperation(value, cancellation) is ISymbolInitializerOperation { Value: { } written })
                Assign(frame, self, member, Evaluate(written, frame));
        }
        constructor ??= type.InstanceConstructors
            .Where(c => !c.IsImplicitlyDeclared && !c.DeclaringSyntaxReferences.IsEmpty)
            .OrderByDescending(c => c.DeclaringSyntaxReferences[0].Span.Length).FirstOrDefault();
        if (constructor is { IsImplicitlyDeclared: false }) Run(constructor, self, arguments ?? new Dictionary<string, Argument>(), null, null);
    }

    /// <summary>Reads one method from its start; parameters that are not given stand for anything of their type.</summary>
    public Frame? Run(IMethodSymbol method, Value? self, IReadOnlyDictionary<string, Argument> arguments, BuilderCall? builder, Frame? lexical)
    {
        if (!torch.IsOwn(method) || (method.PartialImplementationPart ?? method).DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not { } syntax) return null;
        if (_calls.Count >= MaxDepth || _calls.Contains(method, SymbolEqualityComparer.Default)) return null;
        var operation = models(syntax.SyntaxTree).GetOperation(syntax, cancellation);
        return operation is null ? null : Run(operation, method, self, arguments, builder, lexical);
    }

    public Frame Run(IOperation body, IMethodSymbol? method, Value? self, IReadOnlyDictionary<string, Argument> arguments, BuilderCall? builder, Frame? lexical)
    {
        var frame = new Frame(method, self, lexical, builder);
        foreach (var parameter in method?.Parameters ?? ImmutableArray<IParameterSymbol>.Empty)
            Set(frame, parameter, arguments.TryGetValue(parameter.Name, out var given) ? given.Value : Anything(parameter));
        if (method is not null) _calls.Push(method);
        try
        {
            switch (body)
            {
                case IMethodBodyOperation m: Enter(m.BlockBody ?? m.ExpressionBody, frame); break;
                case IConstructorBodyOperation c:
                    if (c.Initializer is IExpressionStatementOperation { Operation: IInvocationOperation { TargetMethod: { MethodKind: MethodKind.Constructor } other } chained }
                        && SymbolEqualityComparer.Default.Equals(other.ContainingType, method?.ContainingType))
                        Run(other, self, Bind(chained.Arguments, frame), null, null);
                    Enter(c.BlockBody ?? c.ExpressionBody, frame);
                    break;
                case ILocalFunctionOperation l: Enter(l.Body, frame); break;
                case IAnonymousFunctionOperation a: Enter(a.Body, frame); break;
                default: Enter(body, frame); break;
            }
        }
        finally
        {
            if (method is not null) _calls.Pop();
        }
        return frame;
    }

    private void Enter(IOperation? body, Frame frame)
    {
        if (body is not null) Execute(body, frame);
    }

    /// <summary>What a parameter stands for when nobody said: a tensor comes in, a module of a known class, anything else is unknown.</summary>
    private Value Anything(IParameterSymbol parameter) => Anything(parameter.Type, parameter.Name, parameter);

    private Value Anything(ITypeSymbol type, string name, ISymbol symbol)
    {
        if (torch.IsTensor(type)) return Add(new Step(StepKind.Input, new Op(name, Role.Source), [], null));
        if (torch.IsUserModule(type)) return new Layer(new Op(type.Name, Role.Opaque), null) { Type = (INamedTypeSymbol)type, Name = name };
        if (torch.IsLoss(type)) return new Unknown($"the loss {name} comes from outside");
        if (torch.IsModule(type)) return new Layer(Catalog.Opaque(type.Name), null) { Name = name };
        if (torch.IsOptimizer(type)) return new Optimizer(type.Name, null);
        return type.SpecialType is SpecialType.System_Int32 or SpecialType.System_Int64 ? new Size(Dim.Named(symbol)) : new Unknown($"{name} comes from outside");
    }

    // ---- Statements. Each returns false when control does not go on after it.

    private bool Execute(IOperation operation, Frame frame)
    {
        cancellation.ThrowIfCancellationRequested();
        if (++_operations > MaxOperations) return false;
        switch (operation)
        {
            case IBlockOperation block:
            {
                var outer = _predictionOnly;
                var goesOn = true;
                foreach (var statement in block.Operations)
                    if (!(goesOn = Execute(statement, frame))) break;
                _predictionOnly = outer;
                return goesOn;
            }
            case IVariableDeclarationGroupOperation group:
                foreach (var declaration in group.Declarations)
                    foreach (var variable in declaration.Declarators) Declare(variable, declaration, frame);
                return true;
            case IUsingDeclarationOperation declaration:
                if (StopsGradients(declaration)) _predictionOnly++;
                return Execute(declaration.DeclarationGroup, frame);
            case IUsingOperation use:
            {
                var stops = StopsGradients(use.Resources);
                if (stops) _predictionOnly++;
                if (use.Resources is IVariableDeclarationGroupOperation) Execute(use.Resources, frame); else Evaluate(use.Resources, frame);
                var goesOn = Execute(use.Body, frame);
                if (stops) _predictionOnly--;
                return goesOn;
            }
            case IExpressionStatementOperation expression:
                Evaluate(expression.Operation, frame);
                return true;
            case IReturnOperation returns:
                if (returns.ReturnedValue is { } returned) frame.Returns.Add((Evaluate(returned, frame), returned, _predictionOnly > 0));
                return returns.Kind == OperationKind.YieldReturn;
            case IThrowOperation:
                return false;
            case IBranchOperation:
                return false;
            case IConditionalOperation branch:
                return If(branch, frame);
            case IForEachLoopOperation loop:
                return ForEach(loop, frame);
            case IForLoopOperation loop:
                return For(loop, frame);
            case IWhileLoopOperation loop:
                if (loop.Condition is not null) Evaluate(loop.Condition, frame);
                return Loop(loop, loop.Body, frame);
            case ISwitchOperation choice:
                return Switch(choice, frame);
            case ITryOperation attempt:
                var ends = Execute(attempt.Body, frame);
                foreach (var handler in attempt.Catches)
                {
                    var before = _state;
                    Execute(handler.Handler, frame);
                    _state = before;
                }
                if (attempt.Finally is not null) Execute(attempt.Finally, frame);
                return ends;
            case ILockOperation locked:
                return Execute(locked.Body, frame);
            case ILabeledOperation { Operation: { } labeled }:
                return Execute(labeled, frame);
            case ILocalFunctionOperation local:
                Set(frame, local.Symbol, new Function(local.Body, local.Symbol, frame, frame.This) { Site = local });
                return true;
            case IEmptyOperation:
                return true;
            default:
                Evaluate(operation, frame);
                return true;
        }
    }

    private void Declare(IVariableDeclaratorOperation variable, IVariableDeclarationOperation? declaration, Frame frame)
    {
        if ((variable.Initializer ?? declaration?.Initializer) is not { Value: { } written }) return;
        var value = Evaluate(written, frame);
        NameAfter(value, variable.Symbol);
        Set(frame, variable.Symbol, value);
    }

    private bool If(IConditionalOperation branch, Frame frame)
    {
        var condition = Evaluate(branch.Condition, frame);
        var predicts = IsNotTraining(branch.Condition);
        if (condition is Constant { Raw: bool known }) return known ? Execute(branch.WhenTrue, frame) : branch.WhenFalse is null || Execute(branch.WhenFalse, frame);
        var before = _state;
        if (predicts == true) _predictionOnly++;
        var first = Execute(branch.WhenTrue, frame);
        if (predicts == true) _predictionOnly--;
        var afterFirst = _state;
        _state = before;
        if (predicts == false) _predictionOnly++;
        var second = branch.WhenFalse is null || Execute(branch.WhenFalse, frame);
        if (predicts == false) _predictionOnly--;
        // A branch that only predicts says nothing about training: what the other one left stands.
        if (!first || predicts == true && second) return second;
        if (!second || predicts == false) { _state = afterFirst; return true; }
        _state = Merge(afterFirst, _state);
        return true;
    }

    /// <summary>True for <c>!training</c>, false for <c>training</c>, null for any other condition.</summary>
    private bool? IsNotTraining(IOperation condition) => Bare(condition) switch
    {
        IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not => !IsNotTraining(not.Operand),
        IPropertyReferenceOperation { Property.Name: "training" } property when torch.IsTorch(property.Property) => false,
        _ => null,
    };

    private static bool StopsGradients(IOperation resources) =>
        resources.DescendantsAndSelf().OfType<IInvocationOperation>().Any(i => i.TargetMethod.Name is "no_grad" or "inference_mode");

    private bool Switch(ISwitchOperation choice, Frame frame)
    {
        var value = Evaluate(choice.Value, frame);
        var before = _state;
        ImmutableDictionary<(object, ISymbol), Value>? merged = null;
        foreach (var section in choice.Cases)
        {
            _state = before;
            foreach (var clause in section.Clauses.OfType<IPatternCaseClauseOperation>()) Bind(clause.Pattern, value, frame);
            var goesOn = true;
            foreach (var statement in section.Body)
                if (!(goesOn = Execute(statement, frame))) break;
            // A break ends the section, not the method.
            if (goesOn || section.Body.LastOrDefault() is IBranchOperation || section.Body.LastOrDefault() is IBlockOperation { Operations: [.., IBranchOperation] })
                merged = merged is null ? _state : Merge(merged, _state);
        }
        var hasDefault = choice.Cases.Any(c => c.Clauses.Any(x => x is IDefaultCaseClauseOperation));
        if (merged is null) { _state = before; return !hasDefault; }
        _state = hasDefault ? merged : Merge(merged, before);
        return true;
    }

    private bool Loop(IOperation loop, IOperation body, Frame frame)
    {
        _loops.Add(loop);
        Execute(body, frame);
        _loops.RemoveAt(_loops.Count - 1);
        return true;
    }

    private bool ForEach(IForEachLoopOperation loop, Frame frame)
    {
        var collection = Evaluate(loop.Collection, frame);
        IEnumerable<Value> elements = collection switch
        {
            Items { Elements: { Count: > 0 and <= MaxUnroll } items } => insideNetwork ? items.ToList() : items.Take(1).ToList(),
            Layer { Children: { Elements: { Count: > 0 and <= MaxUnroll } children } } => children.ToList(),
            ParametersOf { Named: true } p => [new Items([new Unknown("a name"), new ParameterOf(p.Model, null)])],
            ParametersOf p => [new ParameterOf(p.Model, null)],
            PartsOf { Named: true } p => [new Items([new Unknown("a name"), new PartsOf(p.Model, false)])],
            PartsOf p => [p],
            _ => [],
        };
        var list = elements.ToList();
        if (list.Count == 0) list.Add(Anything(ElementType(loop.Collection.Type) ?? loop.Collection.Type!, "element", (ISymbol?)loop.Locals.FirstOrDefault() ?? frame.Method!));
        foreach (var element in list)
        {
            Bind(loop.LoopControlVariable, element, frame);
            Loop(loop, loop.Body, frame);
        }
        return true;
    }

    private static ITypeSymbol? ElementType(ITypeSymbol? collection) => collection switch
    {
        IArrayTypeSymbol array => array.ElementType,
        INamedTypeSymbol { TypeArguments: [var element] } => element,
        _ => null,
    };

    private bool For(IForLoopOperation loop, Frame frame)
    {
        foreach (var start in loop.Before) Execute(start, frame);
        // A counted loop is unrolled inside a network, where it makes or applies layers; a training loop is read once.
        if (insideNetwork && loop.Condition is not null && loop.Locals.Length == 1)
        {
            var rounds = 0;
            while (rounds < MaxUnroll && Evaluate(loop.Condition, frame) is Constant { Raw: bool more })
            {
                if (!more) return true;
                rounds++;
                Loop(loop, loop.Body, frame);
                foreach (var next in loop.AtLoopBottom) Execute(next, frame);
            }
            if (rounds > 0) return true;
        }
        foreach (var local in loop.Locals) Set(frame, local, new Size(Dim.Named(local)));
        if (loop.Condition is not null) Evaluate(loop.Condition, frame);
        return Loop(loop, loop.Body, frame);
    }

    // ---- State.

    private void Set(Frame frame, ISymbol symbol, Value value) => _state = _state.SetItem((frame, symbol), value);

    private Value? Get(Frame frame, ISymbol symbol)
    {
        for (var f = frame; f is not null; f = f.Lexical)
            if (_state.TryGetValue((f, symbol), out var value)) return value;
        return null;
    }

    private void Assign(Frame frame, Value? owner, ISymbol member, Value value)
    {
        NameAfter(value, member);
        if (owner is not null) _state = _state.SetItem((owner, member), value);
    }

    /// <summary>A layer is called after the field or variable that holds it.</summary>
    private static void NameAfter(Value value, ISymbol symbol)
    {
        if (value is Layer { IsChoice: true, Children: { } either })
            foreach (var choice in either.Elements) NameAfter(choice, symbol);
        // The name of a helper's local gives way to that of the field the layer ends up in.
        if (value is not Layer { Creation: not null } layer || layer.Name != layer.Op.Name && (!layer.IsNamedByLocal || symbol is ILocalSymbol)) return;
        layer.Name = symbol.Name;
        layer.IsNamedByLocal = symbol is ILocalSymbol;
    }

    private ImmutableDictionary<(object, ISymbol), Value> Merge(ImmutableDictionary<(object Owner, ISymbol Symbol), Value> a, ImmutableDictionary<(object Owner, ISymbol Symbol), Value> b)
    {
        if (ReferenceEquals(a, b)) return a;
        var merged = b;
        foreach (var pair in a)
            if (!b.TryGetValue(pair.Key, out var other)) merged = merged.SetItem(pair.Key, pair.Value);
            else if (!ReferenceEquals(pair.Value, other)) merged = merged.SetItem(pair.Key, Either(pair.Value, other));
        return merged;
    }

    /// <summary>One or the other, depending on something not known.</summary>
    private Value Either(Value a, Value b)
    {
        if (ReferenceEquals(a, b) || b is Constant { Raw: null }) return a;
        if (a is Constant { Raw: null }) return b;
        return (a, b) switch
        {
            (Constant x, Constant y) when Equals(x.Raw, y.Raw) => a,
            (Size x, Size y) when x.Dim.Equals(y.Dim) => a,
            (Step x, Step y) => Add(new Step(StepKind.Choice, new Op("choice", Role.Opaque), [x, y], null)
            {
                Shape = x.Shape.HasRank && y.Shape.HasRank && x.Shape.Dims.SequenceEqual(y.Shape.Dims) ? x.Shape : Shape.Unknown,
                Range = x.Range is { } p && y.Range is { } q ? p.Join(q) : null,
            }),
            (Layer x, Layer y) => new Layer(new Op("choice", Role.Opaque), null) { IsChoice = true, Children = new Items([x, y]), Name = x.Name },
            (Optimizer x, Optimizer) => x,
            (Function x, Function) => x,
            _ => new Unknown("depends on a branch"),
        };
    }

    private Step Add(Step step)
    {
        foreach (var input in step.Inputs) input.Users.Add(step);
        step.Layer?.Applications.Add(step);
        Steps.Add(step);
        return step;
    }

    private Step Unread(string reason, IOperation? operation, IEnumerable<Value> inputs, string? name = null) =>
        Add(new Step(StepKind.Unknown, Catalog.Opaque(name ?? "?"), inputs.OfType<Step>().ToList(), operation) { Reason = reason, PredictionOnly = _predictionOnly > 0 });

    private void Happens(EventKind kind, Value subject, IOperation operation, IReadOnlyDictionary<string, Argument>? arguments = null) =>
        Events.Add(new Event(kind, subject, operation)
        {
            Loops = _loops.ToList(),
            Arguments = arguments ?? new Dictionary<string, Argument>(),
        });

    private sealed class SlotComparer : IEqualityComparer<(object Owner, ISymbol Symbol)>
    {
        public static readonly SlotComparer Instance = new();
        public bool Equals((object Owner, ISymbol Symbol) x, (object Owner, ISymbol Symbol) y) =>
            ReferenceEquals(x.Owner, y.Owner) && SymbolEqualityComparer.Default.Equals(x.Symbol, y.Symbol);
        public int GetHashCode((object Owner, ISymbol Symbol) slot) => SymbolEqualityComparer.Default.GetHashCode(slot.Symbol);
    }
}
