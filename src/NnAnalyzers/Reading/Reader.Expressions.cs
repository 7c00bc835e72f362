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
    private readonly Stack<Value> _conditional = new();
    private readonly Stack<Value> _initialized = new();

    private static IOperation Bare(IOperation operation) => Argument.Bare(operation);

    private static readonly Unknown TooLarge = new("too large");

    private Value Evaluate(IOperation? operation, Frame frame)
    {
        if (operation is null) return new Unknown("missing code");
        if (!Spend()) return TooLarge;
        if (operation.ConstantValue is { HasValue: true, Value: var constant }) return new Constant(constant);
        if (!HasStack() && Limited()) return TooLarge;
        switch (operation)
        {
            // The order matters for speed: most of code is these.
            case IInvocationOperation invocation: return Invoke(invocation, frame);
            case ILocalReferenceOperation local:
                return Get(frame, local.Local) ?? Constants(local.Local) ?? new Unknown($"{local.Local.Name} is set elsewhere");
            case IFieldReferenceOperation field: return Member(field, field.Field, field.Field.Type, frame);
            case IConversionOperation conversion: return Convert(Evaluate(conversion.Operand, frame), conversion.Type);
            case IParameterReferenceOperation parameter:
                return Get(frame, parameter.Parameter) ?? new Unknown($"{parameter.Parameter.Name} comes from outside");
            case IParenthesizedOperation parenthesized: return Evaluate(parenthesized.Operand, frame);
            case IAwaitOperation awaited: return Evaluate(awaited.Operation, frame);
            case IArgumentOperation argument: return Evaluate(argument.Value, frame);
            case ITranslatedQueryOperation query: return Evaluate(query.Operation, frame);
            case ILiteralOperation: return new Constant(null);
            case IDeclarationExpressionOperation or IDiscardOperation: return new Unknown("what a call hands back");
            case IDefaultValueOperation { Type: var type }: return Constant.DefaultOf(type);
            case IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ImplicitReceiver }:
                return _initialized.Count > 0 ? _initialized.Peek() : new Unknown("an object that is made");
            case IInstanceReferenceOperation: return frame.This ?? new Unknown("an object made elsewhere");
            case IPropertyReferenceOperation property: return Property(property, frame);
            case ISimpleAssignmentOperation assignment: return AssignTo(assignment.Target, Evaluate(assignment.Value, frame), frame);
            case ICoalesceAssignmentOperation assignment:
            {
                var now = Evaluate(assignment.Target, frame);
                return Holds(IsNull(now)) == false ? now
                    : AssignTo(assignment.Target,
                    Evaluate(assignment.Value, frame) is var otherwise && now is Unknown or Constant or Layer ? otherwise
                    : Either(TruthOf(IsNull(now)), otherwise, now), frame);
            }
            case ICompoundAssignmentOperation compound:
                return AssignTo(compound.Target,
                    Combine(compound.OperatorKind, Evaluate(compound.Target, frame), Evaluate(compound.Value, frame), compound), frame);
            case IDeconstructionAssignmentOperation deconstruction:
                Bind(deconstruction.Target, Evaluate(deconstruction.Value, frame), frame);
                return new Unknown("a deconstruction");
            case IIncrementOrDecrementOperation step:
            {
                var by = Dim.Of(step.Kind == OperationKind.Increment ? 1 : -1);
                var now = Evaluate(step.Target, frame);
                AssignTo(step.Target, Number(now.Dim + by, "a counter"), frame);
                return step.IsPostfix ? now : Number(now.Dim + by, "a counter");
            }
            case IVariableDeclarationGroupOperation or IBlockOperation or IReturnOperation:
                Execute(operation, frame);
                return new Unknown("a statement");
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr } binary:
            {
                var isOr = binary.OperatorKind == BinaryOperatorKind.ConditionalOr;
                var left = Evaluate(binary.LeftOperand, frame);
                if (Holds(left) == isOr) return isOr ? Yes : No;
                var right = left is Constant ? Evaluate(binary.RightOperand, frame)
                    : Under(isOr ? TruthOf(left).Not() : TruthOf(left), binary.RightOperand, frame);
                return isOr ? Or(left, right) : And(left, right);
            }
            case IBinaryOperation binary:
                return Combine(binary.OperatorKind, Evaluate(binary.LeftOperand, frame), Evaluate(binary.RightOperand, frame), binary);
            case IUnaryOperation unary: return Unary(unary, Evaluate(unary.Operand, frame));
            case IConditionalOperation choice: return Choose(choice, frame);
            case ICoalesceOperation coalesce:
            {
                var left = Evaluate(coalesce.Value, frame);
                if (left.Alternatives is not null && TruthOf(IsNull(left)) is var missing && Holds(missing) is null)
                    return IsThrow(coalesce.WhenNull) ? left : Either(missing, Under(missing, coalesce.WhenNull, frame), left);
                return left is Unknown or Constant { Raw: null } or Layer { IsHandedIn: true } ? Evaluate(coalesce.WhenNull, frame) : left;
            }
            case ISwitchExpressionOperation arms: return Choose(arms, frame);
            case IIsPatternOperation pattern:
                return Bind(pattern.Pattern, Evaluate(pattern.Value, frame), frame);
            case IIsTypeOperation test:
                return Narrow(Evaluate(test.ValueOperand, frame), test.TypeOperand).Matches;
            case ITupleOperation tuple: return new Items(All(tuple.Elements, frame));
            case IRangeOperation range:
                return new Pick(IndexKind.Slice, range.LeftOperand is null ? null : Evaluate(range.LeftOperand, frame),
                    range.RightOperand is null ? null : Evaluate(range.RightOperand, frame));
            case IArrayCreationOperation array: return MakeArray(array, frame);
            case IArrayElementReferenceOperation element:
                return Element(Evaluate(element.ArrayReference, frame), All(element.Indices, frame), element);
            case IImplicitIndexerReferenceOperation element:
                return Element(Evaluate(element.Instance, frame), [Evaluate(element.Argument, frame)], element);
            case IAnonymousFunctionOperation lambda:
                return Made(new Function(lambda.Body, lambda.Symbol, frame, frame.This) { Site = lambda });
            case IDelegateCreationOperation creation: return Evaluate(creation.Target, frame);
            case IMethodReferenceOperation method:
            {
                // A local function knows the frame it was declared in.
                if (Get(frame, method.Method) is Function local) return local;
                var receiver = method.Instance is null ? frame.This : Evaluate(method.Instance, frame);
                return Made(new Function(null, Dispatch(method.Method, receiver), frame, receiver) { Site = method });
            }
            case IConditionalAccessOperation access:
                _conditional.Push(Evaluate(access.Operation, frame));
                try { return Evaluate(access.WhenNotNull, frame); }
                finally { _conditional.Pop(); }
            case IConditionalAccessInstanceOperation: return _conditional.Count > 0 ? _conditional.Peek() : new Unknown("a receiver");
            case IObjectCreationOperation creation: return Create(creation, frame);
            case ITypeParameterObjectCreationOperation { Type: { } open } creation:
                return CreateOf(open, creation, creation.Initializer, frame);
            case IAnonymousObjectCreationOperation { Type: INamedTypeSymbol type } creation:
                return Initialize(new Instance(type) { MadeIn = Now.Loop }, creation.Initializers, frame);
            case IWithOperation with: return Initialize(Copy(Evaluate(with.Operand, frame)), with.Initializer, frame);
            case IInterpolatedStringOperation text: return Interpolate(text, frame);
            case IThrowOperation: return new Unknown("a throw");
            case IInvalidOperation invalid: return Candidate(invalid, frame);
        }
        // Anything else: read what is in it for its effects. A collection expression is a list, whatever this compiler calls it.
        if (operation.Syntax is CollectionExpressionSyntax { Elements.Count: > Budget.Elements } && Limited())
            return Hold(new Items([]) { IsComplete = false });
        var parts = All(operation.ChildOperations, frame);
        if (operation.Syntax is CollectionExpressionSyntax { Elements: var written })
            return Hold(new Items(parts) { IsComplete = written.All(e => e is ExpressionElementSyntax) && parts.Count == written.Count });
        return torch.IsTensor(operation.Type) ? Unread($"{operation.Kind} is not read", operation, parts)
            : new Unknown($"{operation.Kind} is not read");
    }

    /// <summary>The values of several operations, one after the other.</summary>
    private List<Value> All<T>(IReadOnlyCollection<T> operations, Frame frame) where T : IOperation
    {
        var values = new List<Value>(operations.Count);
        foreach (var operation in operations) values.Add(Evaluate(operation, frame));
        return values;
    }

    private static Value? Constants(ILocalSymbol local) => local is { HasConstantValue: true } ? new Constant(local.ConstantValue) : null;

    /// <summary>A size if it is known, else why not.</summary>
    private static Value Number(Dim dim, string reason) =>
        dim.Size is { } n ? new Constant(n) : dim.IsKnown ? new Size(dim) : new Unknown(reason);

    private static Value Convert(Value value, ITypeSymbol? type) => value is Constant { Raw: double or float } constant && IsWhole(type)
        ? constant.Number is > long.MinValue and < long.MaxValue and var number ? new Constant((long)number)
        : new Unknown("a number out of range")
        : value is Constant { Integer: { } whole } && type?.SpecialType is SpecialType.System_Double or SpecialType.System_Single
        && value is Constant { Raw: not (double or float) } ? new Constant((double)((Constant)value).Integer!.Value) : value;

    private Value Unary(IUnaryOperation unary, Value operand)
    {
        if (operand is Step tensor) return Unary(unary, tensor);
        return (unary.OperatorKind, operand) switch
        {
            (UnaryOperatorKind.Not, Constant { Raw: bool } or Truth or Unknown) => Not(operand),
            // ^1 counts from the end, like −1.
            (UnaryOperatorKind.Minus or UnaryOperatorKind.Hat, Constant { Integer: { } whole }) => new Constant(-whole),
            (UnaryOperatorKind.Minus, Constant { Number: { } number }) => new Constant(-number),
            (UnaryOperatorKind.Minus, Size size) => Number(Dim.Of(0) - size.Dim, "an operator"),
            (UnaryOperatorKind.Plus, _) => operand,
            _ => new Unknown("an operator"),
        };
    }

    private Value Interpolate(IInterpolatedStringOperation text, Frame frame) => Joined(text.Parts.Select(part => part switch
    {
        IInterpolatedStringTextOperation { Text.ConstantValue.Value: string written } => new Constant(written),
        IInterpolationOperation { Expression: var hole } => Evaluate(hole, frame),
        _ => new Unknown("a text"),
    }).ToList()); // a hole that is not known does not hide what the next ones do

    private Value Joined(IEnumerable<Value> parts) =>
        Text.Of(parts) is var text && text is Constant { Raw: string { Length: > Budget.Text } } && Limited() ? TooLarge : text;

    private Function Made(Function function)
    {
        Happens(EventKind.MakeFunction, function, function.Site!);
        return function;
    }

    private static Arguments Given(string name, Value value, IOperation operation) => new(new Argument(name, value, operation));

    // ---- Members.

    private Value Member(IMemberReferenceOperation reference, ISymbol member, ITypeSymbol type, Frame frame) =>
        IndexNamed(member) ?? MemberOf(reference.Instance is null ? null : Evaluate(reference.Instance, frame), member, type);

    private Value MemberOf(Value? owner, ISymbol member, ITypeSymbol type)
    {
        if (owner is Unknown { Alternatives: { } either }) return Each(either, o => MemberOf(o, member, type));
        if (owner is Layer { Type: not null } module) EnsureConstructed(module);
        if (owner is not null && GetMember(owner, member) is { } value) return AsOf(owner, member, value);
        if (member is IFieldSymbol { ContainingType.IsTupleType: true } item)
        {
            // What a tensor that stands for a tuple holds is not known: hand on the tensor itself.
            if (ContentsOf(owner) is not { } tuple)
                return owner is Step whole && torch.IsTensor(type) ? whole : Anything(type, member.Name);
            var index =
                item.ContainingType.TupleElements.IndexOf((item.CorrespondingTupleField is { } f
                ? item.ContainingType.TupleElements.FirstOrDefault(t =>
                SymbolEqualityComparer.Default.Equals(t.CorrespondingTupleField, f)) : item) ?? item);
            return index >= 0 && index < tuple.Elements.Length ? tuple.Elements[index] : new Unknown("a tuple element");
        }
        if (owner is Layer layer && torch.IsParameter(type)) return new ParameterOf(layer, member.Name);
        if (owner is null && member.IsStatic) return Static(member, type);
        if (owner is Instance { Creation: null } && MadeWithIt(owner, member) is { } made) return made;
        if (owner?.Origin is { Kind: OriginKind.Row, From: var file } && IsNumber(type)) return Datum(OriginKind.Column, file, type);
        if (member.ContainingType is { } home && !torch.IsOwn(home) && DataSources.Held(member) is { } held)
            return From(held, member, type, null!);
        if (IsNeverSet(owner, member, type)) return new Constant(null);
        // A field nobody set yet, of a module class, is still that module; a tensor field is a tensor.
        var any = Anything(Actual(type, owner), member.Name, type.NullableAnnotation == NullableAnnotation.Annotated);
        if (any is Unknown) any = new Unknown($"{member.Name} is set elsewhere") { Name = member.Name };
        return owner is not null ? Remember(owner, member, any) : any;
    }

    /// <summary>What a readonly field of an object that comes from outside is initialized to.</summary>
    private Value? MadeWithIt(Value owner, ISymbol member)
    {
        if (member is not (IFieldSymbol { IsReadOnly: true } or IPropertySymbol { SetMethod: null })) return null;
        if (!torch.IsOwn(member) || InitializerOf(member) is not { } written) return null;
        // It was made before this code began.
        _nested++;
        var made = Evaluate(written, new Frame(null, owner, null, null));
        _nested--;
        NameAfter(made, member);
        return Remember(owner, member, made);
    }

    /// <summary>A static member that is set once holds what it was set to.</summary>
    private Value Static(ISymbol member, ITypeSymbol type)
    {
        var key = member.OriginalDefinition;
        if (_state.Get(State.Shared, key) is { } known) return AsOf(State.Shared, key, known);
        var once = member is IFieldSymbol { IsReadOnly: true } or IPropertySymbol { SetMethod: null } && torch.IsOwn(member)
            && InitializerOf(member) is { } written
            ? Evaluate(written, new Frame(null, null, null, null))
            : Anything(type, member.Name) is var any && any is Unknown
            ? new Unknown($"{member.Name} is set elsewhere") { Name = member.Name } : any;
        // A property of a library may give another value each time: DateTime.Now.
        if (once is not Unknown || member is IFieldSymbol || torch.IsOwn(member)) _state.Set(State.Shared, key, once);
        return once;
    }

    private Value Remember(Owner owner, ISymbol member, Value value)
    {
        SetMember(owner, member, value);
        return value;
    }

    private Value Property(IPropertyReferenceOperation property, Frame frame)
    {
        var name = property.Property.Name;
        var receiver = property.Instance is null ? null : Evaluate(property.Instance, frame);
        var indices = property.Arguments.Length == 0 ? null : IndicesOf(property, frame);
        if (receiver is Step whole && indices is not null && torch.IsTensor(property.Type)) return Index(whole, indices, property);
        if (IndexNamed(property.Property) is { } named) return named;
        if (indices is not null && !torch.IsOwn(property.Property) && DataSources.Held(property.Property) is { } kind)
            return From(kind, property.Property, property.Type!, property);
        if (indices is not null) return Element(receiver ?? new Unknown("nothing"), indices, property);
        if (receiver is ParameterTrait { IsName: false } && name == "Length") return receiver;
        if (receiver is Collection { Extents: { } extents } && name == "Length" && Shape.Product(extents) is { IsKnown: true } length)
            return Number(length, name);
        if (ContentsOf(receiver) is { } list && name is "Count" or "Length")
            return list is { IsComplete: true, Repeats: false } known && !IsToBeFilled(receiver!, known)
                ? new Constant((long)known.Elements.Length) : new Size(Dim.Named(new Symbol("count")));
        if (ContentsOf(receiver) is { } pairs && name is "Values" or "Keys")
            return pairs.With(pairs.Elements.Select(p => p is Items { Elements: [var key, var value] } ? name == "Keys" ? key : value : p));
        if (ContentsOf(receiver) is { Elements: [var pairKey, var pairValue] } && property.Property.ContainingType.Name == "KeyValuePair"
            && name is "Key" or "Value") return name == "Key" ? pairKey : pairValue;
        if (ContentsOf(receiver) is { } parts && name.StartsWith("Item", StringComparison.Ordinal)
            && int.TryParse(name.Substring(4), out var at) && at >= 1 && at <= parts.Elements.Length) return parts.Elements[at - 1];
        if (receiver is ShapeOf { Tensor: var of } && name is "Length" or "Count")
            return receiver is ShapeOf { Tensor.Shape: { HasRank: true } shape } ? new Constant((long)shape.Rank)
                : new Size(Dim.Named(new Symbol("rank")));
        if (name is "Value" && property.Property.ContainingType.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T
            && receiver is not null) return receiver;
        if (receiver is Samples samples && name == "Count") return CountOf(samples);
        if (name == Effects.TrainingMode && torch.IsTorch(property.Property)) return Truth.Training;
        if (name is "HasValue" && receiver is not null) return Not(IsNull(receiver));
        if (!torch.IsTorch(property.Property))
        {
            // A computed property of the user's is a method without arguments.
            if (Dispatch(property.Property, receiver) is { GetMethod: { } getter } && torch.IsOwn(getter) && !IsAuto(property.Property)
                && receiver is { } owner && Call(getter, owner) is { } got) return got;
            if (property.Property is { IsStatic: true, GetMethod: { } shared } && torch.IsOwn(shared) && !IsAuto(property.Property)
                && Call(shared, null) is { } value2) return value2;
            return MemberOf(receiver, property.Property, property.Property.Type);
        }
        return PropertyOfTorch(property, receiver, name, frame);
    }

    private List<Value> IndicesOf(IPropertyReferenceOperation property, Frame frame) =>
        property.Arguments.SelectMany(a =>
        Evaluate(a.Value, frame) is var index && a.ArgumentKind == ArgumentKind.ParamArray && ContentsOf(index) is { } several
        ? several.Elements : ImmutableArray.Create(index)).ToList();

    /// <summary>A layer that the constructor of a module did not make is not there: <c>if (from != to) shortcut = ..</c>.</summary>
    private bool IsNeverSet(Value? owner, ISymbol member, ITypeSymbol type) =>
        insideNetwork && owner is Layer { Type: not null } && torch.IsOwn(member) && (torch.IsModule(type) || torch.IsUserModule(type))
        && _state.Get(owner, "constructed") is Constant { Raw: "whole" };

    private Value? Call(IMethodSymbol getter, Value? owner)
    {
        if (owner is Layer { Type: not null } module) EnsureConstructed(module);
        return Run(getter, owner, Arguments.None, null, null) is { Returns: { Count: > 0 } returns }
            ? returns.Select(r => r.Value).Aggregate((a, b) => Either(null, a, b)) : null;
    }

    /// <summary>A property that only holds a value.</summary>
    private bool IsAuto(IPropertySymbol property) =>
        !property.IsAbstract && property.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) switch
    {
        PropertyDeclarationSyntax { ExpressionBody: null, AccessorList.Accessors: var accessors } =>
            accessors.All(a => a.Body is null && a.ExpressionBody is null),
        PropertyDeclarationSyntax or IndexerDeclarationSyntax => false,
        _ => true,
    };

    // ---- Assignments and patterns.

    private Value AssignTo(IOperation target, Value value, Frame frame)
    {
        switch (Bare(target))
        {
            case ILocalReferenceOperation local: NameAfter(value, local.Local); SetWhereDeclared(frame, local.Local, value); break;
            case IParameterReferenceOperation parameter: SetWhereDeclared(frame, parameter.Parameter, value); break;
            case IFieldReferenceOperation field: AssignMember(field, field.Field, value, frame); break;
            case IPropertyReferenceOperation { Property.IsIndexer: false, Arguments.Length: 0 } property:
                AssignMember(property, property.Property, value, frame); break;
            case IPropertyReferenceOperation { Instance: { } instance } indexer:
                AssignElement(Evaluate(instance, frame), instance, All(indexer.Arguments, frame), value, indexer, frame); break;
            case IArrayElementReferenceOperation element:
                AssignElement(Evaluate(element.ArrayReference, frame), element.ArrayReference, All(element.Indices, frame), value, element,
                    frame); break;
            case IDeclarationExpressionOperation declaration: return AssignTo(declaration.Expression, value, frame);
            case IDiscardOperation: break;
            case var other: foreach (var child in other.ChildOperations) Evaluate(child, frame); break;
        }
        return value;
    }

    private void AssignElement(Value collection, IOperation instance, IReadOnlyList<Value> indices, Value value, IOperation operation,
        Frame frame)
    {
        switch (collection)
        {
            // x[.., 0] = y writes into x.
            case Step tensor:
                var written =
                    Apply(PutInto, null, Arguments.None,
                    new[] { tensor }.Concat(value is Step step ? [step] : []).ToList(), operation);
                if (Bare(instance) is ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation)
                    AssignTo(instance, written, frame);
                break;
            case Collection or Layer { Children: not null } when (collection as Collection ?? ((Layer)collection).Children) is { } held:
                Change(held, now => indices switch
                {
                    [Constant { Integer: >= 0 and var n }] when n < now.Elements.Length && !now.Repeats =>
                        now.With(now.Elements.SetItem((int)n, value)),
                    [Constant { Raw: string } key] =>
                        now.With(now.Elements.Where(e => !(e is Items { Elements: [Constant { Raw: var old }, _] } && Equals(old, key.Raw)))
                        .Append(new Items([key, value]))),
                    _ => new Items(now.Elements.Where(e => e is not Constant { Raw: null }).Append(value)) { IsComplete = false,
                        Repeats = true },
                });
                break;
            default: Escape([value], operation); break;
        }
    }

    private void AssignMember(IMemberReferenceOperation target, ISymbol member, Value value, Frame frame)
    {
        var owner = target.Instance is null ? null : Evaluate(target.Instance, frame);
        NameAfter(value, member);
        // What is replaced from outside is replaced after the constructor.
        if (owner is Layer { Type: { } outsideOf } module && !ReferenceEquals(owner, frame.This))
        {
            EnsureConstructed(module);
            if (value is Layer) Trace.Replaced.Add((outsideOf.OriginalDefinition, member.OriginalDefinition));
        }
        if (owner is not null) SetMember(owner, member, value);
        else if (member.IsStatic) _state.Set(State.Shared, member.OriginalDefinition, value);
        if (owner is Unknown || owner is null && member.DeclaredAccessibility != Accessibility.Private) Escape([value], target);
        if (owner is Instance instance) Happens(EventKind.UseObject, instance, target, Given(member.Name, value, target));
        if (owner is ParameterOf { Layer: var cleared } && member.Name == Effects.Gradient)
            Happens(EventKind.ZeroGrad, cleared, target.Parent ?? target);
        if (owner is ParameterOf && member.Name == Effects.Learned && value is not Constant { Raw: true })
            Happens(EventKind.Freeze, owner, target.Parent ?? target, Given(member.Name, value, target));
        if (owner is ParameterGroup group && OptimizerCatalog.IsRate(member.Name))
            Happens(EventKind.SetRate, group.Optimizer, target.Parent ?? target, Given("rate", value, target));
        if (owner is Layer layer && torch.IsParameter((member as IPropertySymbol)?.Type) && torch.IsTorch(member))
            // layer.weight = Parameter(randn(..)) draws; anything else may come from a file.
            if (value is Step made && Initialization.IsMadeAnew(made))
                Happens(EventKind.Init, new ParameterOf(layer, member.Name), target, Given("source", value, target));
            else Happens(EventKind.Load, layer, target, Given(member.Name, value, target));
    }

    private void SetWhereDeclared(Frame frame, ISymbol symbol, Value value)
    {
        for (var f = frame; f is not null; f = f.Lexical)
            if (_state.Get(f, symbol) is not null) { _state.Set(f, symbol, value); return; }
        Set(frame, symbol, value);
    }

    /// <summary>
    /// Puts a value where a pattern, a loop variable or a deconstruction declares names; answers whether the pattern matches.
    /// </summary>
    private Value Bind(IOperation target, Value value, Frame frame)
    {
        switch (target)
        {
            case IVariableDeclaratorOperation variable: Set(frame, variable.Symbol, value); return Yes;
            case IDeclarationExpressionOperation declaration: return Bind(declaration.Expression, value, frame);
            case ITupleOperation tuple:
                for (var i = 0; i < tuple.Elements.Length; i++) Bind(tuple.Elements[i], PartOf(value, i, tuple.Elements[i]), frame);
                return Yes;
            case ILocalReferenceOperation or IFieldReferenceOperation or IPropertyReferenceOperation or IParameterReferenceOperation
                or IDiscardOperation or IArrayElementReferenceOperation:
                AssignTo(target, value, frame);
                return Yes;
            case IDeclarationPatternOperation pattern:
                var (narrowed, matches) = pattern.MatchesNull ? (value, Yes) : Narrow(value, pattern.MatchedType);
                if (pattern.DeclaredSymbol is { } symbol) Set(frame, symbol, narrowed);
                return matches;
            case ITypePatternOperation pattern:
                return Narrow(value, pattern.MatchedType).Matches;
            case IConstantPatternOperation constant:
                return Same(value, Evaluate(constant.Value, frame));
            case INegatedPatternOperation not:
                return Not(Bind(not.Pattern, value, frame));
            case IBinaryPatternOperation both:
                var (left, right) = (Bind(both.LeftPattern, value, frame), Bind(both.RightPattern, value, frame));
                return both.OperatorKind == BinaryOperatorKind.Or ? Or(left, right) : And(left, right);
            case IRelationalPatternOperation relation:
                return Combine(relation.OperatorKind, value, Evaluate(relation.Value, frame), relation);
            case IDiscardPatternOperation:
                return Yes;
            case IRecursivePatternOperation recursive:
                var (inner, fits) = Narrow(value, recursive.MatchedType);
                if (recursive.DeclaredSymbol is { } declared) Set(frame, declared, inner);
                Value parts = fits;
                for (var i = 0; i < recursive.DeconstructionSubpatterns.Length; i++)
                    parts = And(parts,
                        Bind(recursive.DeconstructionSubpatterns[i], PartOf(value, i, recursive.DeconstructionSubpatterns[i]), frame));
                if (recursive is { DeconstructionSubpatterns.Length: 0, PropertySubpatterns.Length: 0 })
                    return And(fits, Not(IsNull(value)));
                foreach (var property in recursive.PropertySubpatterns)
                    parts = And(parts,
                        property.Member is IMemberReferenceOperation { Member: var member }
                        ? Bind(property.Pattern, MemberOf(inner, member, property.Member.Type!), frame) : new Unknown("a pattern"));
                return parts;
            default:
                return new Unknown("a pattern");
        }
    }

    /// <summary>Element number <paramref name="index"/> of what is taken apart.</summary>
    private Value PartOf(Value value, int index, IOperation target)
    {
        if (value is ShapeOf shape) return new Size(AxisOf(shape.Tensor, index));
        if (ContentsOf(value) is { Repeats: false } items && index < items.Elements.Length) return items.Elements[index];
        if (ContentsOf(value) is { Repeats: true, Elements: [var first, ..] } && first is Step) return first;
        var type = target is IDeclarationExpressionOperation { Expression.Type: var declared } ? declared : target.Type;
        return value is Step whole && torch.IsTensor(type) ? whole : Anything(type, "element");
    }

    private (Value Value, Value Matches) Narrow(Value value, ITypeSymbol? type)
    {
        if (type is null) return (value, Yes);
        if (Holds(IsNull(value)) == true) return (value, No);
        Value Maybe() => Truth.Of((SubjectOf(value), type.ToDisplayString()));
        Value Known(bool? matches) => matches is { } known ? known ? Yes : No : Maybe();
        var op = torch.IsTorch(type) ? Catalog.Find(type.Name) : null;
        switch (value)
        {
            // Some layer of this kind among a module's parts.
            case PartsOf parts when op is { OpaqueReason: null } && torch.IsModule(type):
                return (new Layer(op, null) { Name = $"every {op.Name} of {parts.Model.Name}", AnyOf = parts.Model }, Maybe());
            case Layer { IsChoice: true } choice:
                var fitting = choice.Choices.Where(c => Holds(Narrow(c, type).Matches) != false).ToList();
                return fitting.Count == 0 ? (value, No)
                    : (fitting.Count == choice.Choices.Length ? value : fitting.Cast<Value>().Aggregate((a, b) => Either(null, a, b)),
                    fitting.Count == choice.Choices.Length && fitting.All(c => Holds(Narrow(c, type).Matches) == true) ? Not(IsNull(value))
                    : Maybe());
            case Layer { Type: { } own } when torch.IsModule(type):
                return (value, Known(Derives(own, type) ? true : ((Layer)value).Creation is null && own.IsAbstract ? null : false));
            case Layer { Creation: not null, Children: null } layer when torch.IsModule(type):
                return (value,
                    Known(op is { OpaqueReason: null } && torch.IsTorch(type) && type is INamedTypeSymbol { IsGenericType: false }
                    ? layer.Op.Name == op.Name : torch.IsUserModule(type) ? false : type.Name == "Module" ? IsPlain(layer, type) : null));
            case Layer { IsHandedIn: true } when torch.IsUserModule(type):
                return (new Layer(new Op(type.Name, Role.Opaque), null) { Type = (INamedTypeSymbol)type }, Maybe());
            case Step when torch.IsTensor(type): return (value, Yes);
            // A value of an open type that turns out to be a tensor or a module.
            case Unknown when torch.IsTensor(type) || torch.IsModule(type): return (Anything(type, type.Name), Maybe());
            case Instance { Creation: not null } instance: return (value, Derives(instance.Type, type) ? Yes : No);
            default: return (value, Maybe());
        }
    }

    private static bool Derives(INamedTypeSymbol? type, ITypeSymbol ancestor)
    {
        for (; type is not null; type = type.BaseType)
            if (SymbolEqualityComparer.Default.Equals(type, ancestor)
                || type.AllInterfaces.Contains(ancestor, SymbolEqualityComparer.Default)) return true;
        return false;
    }

    // ---- Operators.

    private Value Combine(BinaryOperatorKind kind, Value left, Value right, IOperation operation)
    {
        var isEquality = kind is BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals;
        if (isEquality && (left is Constant { Raw: null } || right is Constant { Raw: null }))
            return IsNull(left is Constant { Raw: null } ? right : left) is var isNull && kind == BinaryOperatorKind.Equals ? isNull
                : Not(isNull);
        if (left is Step or ParameterOf or ParametersOf or GradientOf || right is Step or ParameterOf or ParametersOf or GradientOf)
            return CombineTensors(kind, left, right, operation);
        if (isEquality && !torch.IsTensor(operation.Type))
            return Same(left, right) is var equal && kind == BinaryOperatorKind.Equals ? equal : Not(equal);
        if (Times(kind, left, right) is { } scaled) return scaled;
        if (left is Constant { Integer: { } a } && right is Constant { Integer: { } b })
            switch (kind)
            {
                case BinaryOperatorKind.LessThan: return new Constant(a < b);
                case BinaryOperatorKind.LessThanOrEqual: return new Constant(a <= b);
                case BinaryOperatorKind.GreaterThan: return new Constant(a > b);
                case BinaryOperatorKind.GreaterThanOrEqual: return new Constant(a >= b);
                case BinaryOperatorKind.LeftShift when b is >= 0 and < 40: return new Constant(a << (int)b);
                case BinaryOperatorKind.RightShift when b is >= 0 and < 63: return new Constant(a >> (int)b);
            }
        if (left is Constant { Number: { } x } && right is Constant { Number: { } y }
            && (left is Constant { Integer: null } || right is Constant { Integer: null }))
            switch (kind)
            {
                case BinaryOperatorKind.Add: return new Constant(x + y);
                case BinaryOperatorKind.Subtract: return new Constant(x - y);
                case BinaryOperatorKind.Multiply: return new Constant(x * y);
                case BinaryOperatorKind.Divide: return new Constant(x / y);
                case BinaryOperatorKind.LessThan: return new Constant(x < y);
                case BinaryOperatorKind.GreaterThan: return new Constant(x > y);
            }
        if (operation.Type?.SpecialType == SpecialType.System_Boolean)
            switch (kind)
            {
                case BinaryOperatorKind.And: return And(left, right);
                case BinaryOperatorKind.Or: return Or(left, right);
            }
        if (kind == BinaryOperatorKind.Add && operation.Type?.SpecialType == SpecialType.System_String) return Joined([left, right]);
        var (m, n) = (left.Dim, right.Dim);
        return kind switch
        {
            BinaryOperatorKind.Add => Number(m + n, "arithmetic on values not known"),
            BinaryOperatorKind.Subtract => Number(m - n, "arithmetic on values not known"),
            BinaryOperatorKind.Multiply => Number(m * n, "arithmetic on values not known"),
            BinaryOperatorKind.Divide => Number(m / n, "arithmetic on values not known"),
            BinaryOperatorKind.Remainder =>
                Number(m % n is { IsKnown: true } rest ? rest : m - m / n * n, "arithmetic on values not known"),
            _ => Compare(kind, left, right),
        } is var result && result is Unknown && IsWhole(operation.Type) ? Bounded(kind, left, right, new Size(Dim.Named(new Symbol("n"))))
            : Bounded(kind, left, right, result);
    }
}
