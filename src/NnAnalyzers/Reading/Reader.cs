using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Reading;

/// <summary>
/// Reads code the way it would run, with tensors, layers and optimizers in place of numbers: an abstract interpreter
/// over IOperation. It reads both a module class (layers, then forward) and training code (what happens to networks).
/// Calls of the project's own methods are followed with a depth bound; both sides of a branch are read and merged; a
/// loop over known layers is unrolled, any other is read once. What is not understood becomes <see cref="Unknown"/>.
/// This file and those of calls, expressions, generics, loops and paths know C#; lists, modules, optimizers and tensors each
/// have a file that handles them.
/// </summary>
/// <remarks>
/// In a network (<paramref name="insideNetwork"/>) nested modules are read where they are applied, with what they are given; in training
/// code an applied network is one step.
/// </remarks>
internal sealed partial class Reader(TorchSymbols torch, Func<SyntaxTree, SemanticModel> models, bool insideNetwork,
    CancellationToken cancellation, Blocks blocks, State? shared = null, bool isQuestion = false)
{
    private const int MaxDepth = 24, MaxRecursion = 3;
    private const int MaxUnroll = 32;

    /// <summary>Rounds of loops inside loops, all together.</summary>
    private const int MaxRounds = 256;

    /// <summary>One method is entered this often in one reading: calls that call twice what calls twice come to an end.</summary>
    private const int MaxEntries = 256;

    private readonly Dictionary<ISymbol, int> _entries = new(SymbolEqualityComparer.Default);
    private readonly State _state = shared ?? new();
    private readonly Stack<(IMethodSymbol Method, Value? Self)> _calls = new();

    /// <summary>The module whose inside is read; null outside of any.</summary>
    private Body? _inside;
    private Body Current => _inside ?? Trace.Body;
    private int _operations, _limits, _nested, _rounds, _unrolling;

    /// <summary>What was read so far.</summary>
    public Trace Trace { get; private init; } = new(insideNetwork);

    public State State => _state;

    /// <summary>Works out what comes out of a network that training code applies: the shape of each of its outputs.</summary>
    public Func<Step, IReadOnlyList<Shape>>? ShapesOfNetwork { get; init; }

    /// <summary>Runs the initializers and the constructor of a class, its bases first; <paramref name="self"/> is the object.</summary>
    public void Construct(INamedTypeSymbol type, Value self, Arguments? arguments = null, IMethodSymbol? constructor = null)
    {
        _entries[type] = _entries.TryGetValue(type, out var entries) ? entries + 1 : 1;
        if (entries >= MaxEntries && Limited()) return;
        var given = arguments ?? Arguments.None;
        constructor ??= type.InstanceConstructors
            .Where(c => !c.IsImplicitlyDeclared && !c.DeclaringSyntaxReferences.IsEmpty)
            .OrderByDescending(c => c.DeclaringSyntaxReferences[0].Span.Length)
            .ThenBy(c => c.DeclaringSyntaxReferences[0].SyntaxTree.FilePath, StringComparer.Ordinal).FirstOrDefault();
        var primary = constructor?.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) as TypeDeclarationSyntax;
        var frame = new Frame(null, self, null, null);
        // The parameters of a primary constructor live as long as the object.
        if (primary is not null)
            foreach (var parameter in constructor!.Parameters)
            {
                var value = given.TryGetValue(parameter.Name, out var argument) ? argument.Value : Anything(parameter);
                SetMember(self, parameter, value);
                if (type.IsRecord && type.GetMembers(parameter.Name).OfType<IPropertySymbol>().FirstOrDefault() is { } property)
                    SetMember(self, property, value);
            }
        foreach (var member in Declarations.Members(type))
        {
            if (member is not (IFieldSymbol or IPropertySymbol) || member.IsStatic || InitializerOf(member) is not { } written) continue;
            var value = Evaluate(written, frame);
            NameAfter(value, member);
            SetMember(self, member, value);
        }
        if (constructor is null || constructor.IsImplicitlyDeclared || primary is not null)
        {
            if (type.BaseType is not { } parent || !torch.IsOwn(parent)) return;
            var call = primary?.BaseList?.Types.OfType<PrimaryConstructorBaseTypeSyntax>().FirstOrDefault() is { } clause
                ? Operation(clause) as IInvocationOperation : null;
            Construct(parent, self, call is null ? null : Bind(call.Arguments, frame), call?.TargetMethod);
        }
        else Run(constructor, self, given, null, null);
    }

    private IOperation? Operation(SyntaxNode syntax) =>
        blocks.Budget.IsTooNested(syntax) && Limited() ? null : models(syntax.SyntaxTree).GetOperation(syntax, cancellation);

    private IOperation? InitializerOf(ISymbol member) =>
        member.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) switch
        {
            VariableDeclaratorSyntax { Initializer: { } initializer } => Operation(initializer),
            PropertyDeclarationSyntax { Initializer: { } initializer } => Operation(initializer),
            _ => null,
        } is ISymbolInitializerOperation { Value: { } written } ? written : null;

    /// <summary>Another reader that goes on where this one stopped, without changing what this one knows.</summary>
    public Reader Continue() =>
        new(torch, models, insideNetwork, cancellation, blocks, _state.Copy()) { ShapesOfNetwork = ShapesOfNetwork,
        Trace = Trace.Continue() };

    /// <summary>Reads a method that may never run: what is in it is as uncertain as one side of a branch.</summary>
    public void Consider(IMethodSymbol method, Value? self)
    {
        var before = Now;
        Assume(Truth.Of(new Unknown("whether it is called")));
        Run(method, self, Arguments.None, null, null);
        Now = before;
    }

    /// <summary>Reads one method from its start; parameters that are not given stand for anything of their type.</summary>
    public Frame? Run(IMethodSymbol method, Value? self, Arguments arguments, BuilderCall? builder, Frame? lexical)
    {
        if (!torch.IsOwn(method)
            || (method.PartialImplementationPart
            ?? method).DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not { } syntax) return null;
        if (IsTooDeep(method) || IsRunning(method, self ?? ModuleOf(arguments))) return null;
        return Operation(syntax) is { } operation ? Run(operation, method, self, arguments, builder, lexical) : null;
    }

    /// <summary>Whether as many calls are being read as may be, or as many of this method.</summary>
    private bool IsTooDeep(IMethodSymbol method)
    {
        var times = 0;
        foreach (var (running, _) in _calls)
            if (Same(running, method)) times++;
        var entries = _entries.TryGetValue(method.OriginalDefinition, out var n) ? n + 1 : 1;
        _entries[method.OriginalDefinition] = entries;
        return (_calls.Count >= MaxDepth || times >= MaxRecursion || entries > MaxEntries) && Limited();
    }

    /// <summary>A static method of a module is one for each module it is given.</summary>
    private static Value? ModuleOf(Arguments arguments) => arguments.First as Layer;

    private bool IsRunning(IMethodSymbol method, Value? self)
    {
        foreach (var (running, on) in _calls)
            if (Same(running, method) && ReferenceEquals(on, self)) return Limited();
        return false;
    }

    /// <summary>Something is not read that would be elsewhere.</summary>
    private bool Limited() => blocks.Budget.Exceed() && ++_limits > 0;

    /// <summary>Takes one operation; false if it is one too many.</summary>
    private bool Spend() => ++_operations <= Budget.Reading & blocks.Budget.Spend() || !Limited();

    private static bool Same(ISymbol a, ISymbol b) => SymbolEqualityComparer.Default.Equals(a.OriginalDefinition, b.OriginalDefinition);

    public Frame Run(IOperation body, IMethodSymbol? method, Value? self, Arguments arguments, BuilderCall? builder, Frame? lexical)
    {
        var frame = new Frame(method, self, lexical, builder) { Entry = Path, Loop = Now.Loop };
        foreach (var parameter in method?.Parameters ?? ImmutableArray<IParameterSymbol>.Empty)
            // The body knows the parameters of the generic method, not those of one with types filled in.
            Set(frame, parameter.OriginalDefinition,
                arguments.TryGetValue(parameter.Name, out var given) ? given.Value : Anything(parameter));
        var (before, left) = (Now, _isLeft);
        if (method is not null)
        {
            _calls.Push((method, self ?? ModuleOf(arguments)));
            Trace.Entered.Add(method.OriginalDefinition);
        }
        try
        {
            switch (body)
            {
                case IMethodBodyOperation m: Enter(m.BlockBody ?? m.ExpressionBody, frame); break;
                case IConstructorBodyOperation c:
                    Chain(c, method!, self!, frame);
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
            (Now, _isLeft) = (before, left);
        }
        return frame;
    }

    /// <summary>Runs the constructor that comes before this one: another of the class, or the base's.</summary>
    private void Chain(IConstructorBodyOperation body, IMethodSymbol constructor, Value self, Frame frame)
    {
        var call = (body.Initializer as IExpressionStatementOperation)?.Operation as IInvocationOperation;
        if (call is not null && Same(call.TargetMethod.ContainingType, constructor.ContainingType))
            Run(call.TargetMethod, self, Bind(call.Arguments, frame), null, null);
        else if (constructor.ContainingType.BaseType is { } parent && torch.IsOwn(parent))
        Construct(parent, self, call is null ? null : Bind(call.Arguments, frame), call?.TargetMethod);
    }

    private void Enter(IOperation? body, Frame frame)
    {
        if (body is not null) Execute(body, frame);
    }

    /// <summary>
    /// What a parameter stands for when nobody said: a tensor comes in, a module of a known class, anything else is unknown.
    /// </summary>
    private Value Anything(IParameterSymbol parameter) =>
        Data(Anything(parameter.Type, parameter.Name,
        parameter.NullableAnnotation == NullableAnnotation.Annotated
        || parameter.HasExplicitDefaultValue && parameter.ExplicitDefaultValue is null));

    /// <summary>What code is handed, or goes through one by one, are data: no weights are behind them.</summary>
    private Value Data(Value value)
    {
        if (value is Step tensor) tensor.IsGiven = true;
        else if (value is Items or Collection)
            foreach (var element in ContentsOf(value)?.Elements ?? ImmutableArray<Value>.Empty)
                if (element is Step or Items) Data(element);
        return value;
    }

    private Value Anything(ITypeSymbol? type, string name, bool mayBeNull = false)
    {
        switch (type)
        {
            case null: return new Unknown("code that is not there");
            case ITypeParameterSymbol open when ConstraintOf(open) is { } constraint: return Anything(constraint, name, mayBeNull);
            case INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T, TypeArguments: [var inner] }:
                return Anything(inner, name, true);
            case INamedTypeSymbol { IsTupleType: true } tuple:
                return new Items(tuple.TupleElements.Select(e => Anything(e.Type, e.Name, mayBeNull)));
            case IArrayTypeSymbol { Rank: 1 } array: return Several(array.ElementType, name);
            case INamedTypeSymbol { TypeArguments: [var element],
                Name: "List" or "IList" or "IEnumerable" or "IReadOnlyList" or "ICollection" or "IReadOnlyCollection" }:
                    return Several(element, name);
        }
        if (torch.IsTensor(type) || type.Name == "PackedSequence" && torch.IsTorch(type))
            return Add(new Step(StepKind.Input, new Op(name, Role.Source), [], null) { MayBeNull = mayBeNull });
        if (torch.IsUserModule(type)) return new Layer(new Op(type.Name, Role.Opaque), null) { Type = (INamedTypeSymbol)type, Name = name };
        if (torch.IsLoss(type)) return new Unknown($"the loss {name} comes from outside");
        if (torch.IsModule(type))
            return torch.IsTorch(type) && Catalog.Find(type.Name) is { Role: not Role.Opaque and not Role.Source } op
                ? new Layer(op, null) { Name = name } : new Layer(Catalog.Opaque("Module"), null) { Name = name };
        if (torch.IsOptimizer(type)) return new Optimizer(type.Name, null);
        if (IsWhole(type)) return new Size(Dim.Named(new Symbol(name)));
        return torch.IsOwn(type) && type is INamedTypeSymbol { TypeKind: not (TypeKind.Enum or TypeKind.Delegate) } own ? new Instance(own)
            : new Unknown($"{name} comes from outside") { Name = name };
    }

    private static bool IsWhole(ITypeSymbol? type) => Constant.IsWhole(type);

    // ---- Statements. Each returns false when control does not go on after it.

    private bool Execute(IOperation operation, Frame frame)
    {
        cancellation.ThrowIfCancellationRequested();
        if (!Spend()) return Leave(Exit.Throw);
        switch (operation)
        {
            case IExpressionStatementOperation expression:
                Evaluate(expression.Operation, frame);
                // Nothing keeps what switches gradients; it is meant for what comes next.
                if (Thrown(expression.Operation) is IInvocationOperation call && Effects.IsGradientSwitch(call.TargetMethod))
                    Open(call, frame);
                return true;
            case IBlockOperation block:
            {
                var open = Now.Open;
                var goesOn = true;
                foreach (var statement in block.Operations)
                    if (!(goesOn = Execute(statement, frame))) break;
                if (Now.Open != open) Now = Now with { Open = open };
                return goesOn;
            }
            case IVariableDeclarationGroupOperation group:
                foreach (var declaration in group.Declarations)
                    foreach (var variable in declaration.Declarators) Declare(variable, declaration, frame);
                return true;
            case IUsingDeclarationOperation declaration:
                Open(declaration.DeclarationGroup, frame);
                return Execute(declaration.DeclarationGroup, frame);
            case IUsingOperation use:
            {
                var open = Now.Open;
                Open(use.Resources, frame);
                if (use.Resources is IVariableDeclarationGroupOperation) Execute(use.Resources, frame); else Evaluate(use.Resources, frame);
                var goesOn = Execute(use.Body, frame);
                if (Now.Open != open) Now = Now with { Open = open };
                return goesOn;
            }
            case IReturnOperation returns:
                if (returns.Kind == OperationKind.YieldReturn) frame.IsIterator = true;
                if (returns.ReturnedValue is { } returned) frame.Returns.Add((Evaluate(returned, frame), returned, Now));
                if (returns.Kind == OperationKind.YieldReturn) return true;
                foreach (var loop in Graph.Loop.From(Now.Loop).TakeWhile(l => l != frame.Loop)) loop.EndsEarly = true;
                return Leave(Exit.Return);
            case IThrowOperation:
                _exit = Exit.Throw;
                return false;
            case IBranchOperation jump:
                if (Now.Loop is { Operation: ILoopOperation around } broken && Same(jump.Target, around.ExitLabel)) broken.EndsEarly = true;
                return Leave(jump.BranchKind switch { BranchKind.Break => Exit.Break, BranchKind.Continue => Exit.Continue,
                    _ => Exit.Jump });
            case IConditionalOperation branch:
                return If(branch, frame);
            case ILoopOperation loop when Now.Loop?.Depth >= Budget.Loops:
                return Limited() && SkipLoop(loop, frame);
            case IForEachLoopOperation loop:
                return ForEach(loop, frame);
            case IForLoopOperation loop:
                return For(loop, frame);
            case IWhileLoopOperation loop:
                return While(loop, frame);
            case ISwitchOperation choice:
                return Switch(choice, frame);
            case ITryOperation attempt:
                var ends = Execute(attempt.Body, frame);
                foreach (var handler in attempt.Catches)
                {
                    var before = Now;
                    _state.Begin();
                    Assume(Truth.Of(new Unknown("an exception")));
                    Execute(handler.Handler, frame);
                    _state.End();
                    Now = before;
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

    /// <summary>What a statement gives and nobody keeps.</summary>
    private static IOperation Thrown(IOperation statement) =>
        statement is ISimpleAssignmentOperation { Target: IDiscardOperation, Value: var value } ? Bare(value) : Bare(statement);

    private bool Leave(Exit exit)
    {
        (_exit, _isLeft) = (exit, true);
        return false;
    }

    /// <summary>What a using opens: a dispose scope, or a time without gradients.</summary>
    private void Open(IOperation resources, Frame frame)
    {
        foreach (var call in resources.DescendantsAndSelf().OfType<IInvocationOperation>())
            if (Effects.OpensScope(call.TargetMethod.Name))
                Now = Now with { Open = Now.Open with { Scope = resources, ScopeIn = Now.Loop } };
            else if (Effects.Gradients(call.TargetMethod.Name) is var (ifTrue, ifFalse))
            {
                Value mode = ifTrue == ifFalse || call.Arguments.Length == 0 ? Yes : Evaluate(call.Arguments[0].Value, frame);
                var opened = Holds(mode) is { } known
                    ? Now.Open with { StopsGradients = !(known ? ifTrue : ifFalse), GradientsIf = null }
                    : Now.Open with { StopsGradients = false, GradientsIf = ifTrue ? TruthOf(mode) : TruthOf(mode).Not() };
                Now = Now with { Open = opened };
            }
    }

    // ---- State.

    private void Set(Frame frame, ISymbol symbol, Value value)
    {
        if (_state.Get(frame, symbol) is null) frame.Variables.Add(symbol);
        _state.Set(frame, symbol, value);
    }

    private Value? Get(Frame frame, ISymbol symbol)
    {
        for (var f = frame; f is not null; f = f.Lexical)
            if (_state.Get(f, symbol) is { } value) return Resolve(value);
        return frame.This is { } self && symbol is IParameterSymbol && _state.Get(self, symbol) is { } given ? Resolve(given) : null;
    }

    private void SetMember(Owner owner, ISymbol member, Value value) => _state.Set(owner, member.OriginalDefinition, value);
    private Value? GetMember(Owner owner, ISymbol member) =>
        _state.Get(owner, member.OriginalDefinition) is { } value ? Resolve(value) : null;

    /// <summary>A layer is called after the field or variable that holds it.</summary>
    private static void NameAfter(Value value, ISymbol symbol)
    {
        if (value is Layer { IsChoice: true, Choices: var either })
            foreach (var choice in either) NameAfter(choice, symbol);
        if (value is Optimizer optimizer && optimizer.Name == optimizer.Kind) optimizer.Name = symbol.Name;
        if (value is Scheduler scheduler && scheduler.Name == scheduler.Kind) scheduler.Name = symbol.Name;
        // The name of a helper's local gives way to that of the field the layer ends up in.
        if (value is not Layer { Creation: not null } layer
            || layer.Name != layer.Op.Name && (!layer.IsNamedByLocal || symbol is ILocalSymbol)) return;
        layer.Name = symbol.Name;
        layer.IsNamedByLocal = symbol is ILocalSymbol;
    }

    private Step Add(Step step)
    {
        // What another reading made is only looked at.
        foreach (var input in step.Inputs)
            if (!isQuestion || ReferenceEquals(input.Body?.Trace, Trace)) input.Users.Add(step);
        step.Body = Current;
        Current.Steps.Add(step);
        return step;
    }

    private Step Unread(string reason, IOperation? operation, IEnumerable<Value> inputs, string? name = null) =>
        Add(new Step(StepKind.Unknown, Catalog.Opaque(name ?? "?"), Tensors(inputs).ToList(), operation) { Reason = reason, When = Now });

    private void Happens(EventKind kind, Value subject, IOperation operation, Arguments? arguments = null)
    {
        if (_nested > 0) return;
        Trace.Events.Add(new Event(kind, subject, operation) { Arguments = arguments ?? Arguments.None, When = Now,
            Order = Trace.Events.Count });
    }

    private static bool HasStack()
    {
        try
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            return true;
        }
        catch (InsufficientExecutionStackException)
        {
            return false;
        }
    }
}
