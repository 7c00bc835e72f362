using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

internal sealed partial class Reader
{
    /// <summary>The operation under conversions and parentheses.</summary>
    public static IOperation Bare(IOperation operation) => operation switch
    {
        IConversionOperation { OperatorMethod: null } conversion => Bare(conversion.Operand),
        IParenthesizedOperation parenthesized => Bare(parenthesized.Operand),
        _ => operation,
    };

    private Value Evaluate(IOperation? operation, Frame frame)
    {
        if (operation is null) return new Unknown("missing code");
        if (++_operations > MaxOperations) return new Unknown("too much code to follow");
        try
        {
            System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        }
        catch (InsufficientExecutionStackException)
        {
            return new Unknown("nested too deep");
        }
        if (operation.ConstantValue is { HasValue: true, Value: var constant }) return new Constant(constant);
        switch (operation)
        {
            case IConversionOperation conversion: return Evaluate(conversion.Operand, frame);
            case IParenthesizedOperation parenthesized: return Evaluate(parenthesized.Operand, frame);
            case IAwaitOperation awaited: return Evaluate(awaited.Operation, frame);
            case IArgumentOperation argument: return Evaluate(argument.Value, frame);
            case ILiteralOperation: return new Constant(null);
            case IDefaultValueOperation: return new Constant(null);
            case IInstanceReferenceOperation: return frame.This ?? new Unknown("an object made elsewhere");
            case ILocalReferenceOperation local: return Get(frame, local.Local) ?? new Unknown($"{local.Local.Name} is set elsewhere");
            case IParameterReferenceOperation parameter: return Get(frame, parameter.Parameter) ?? new Unknown($"{parameter.Parameter.Name} comes from outside");
            case IFieldReferenceOperation field: return Member(field, field.Field, field.Field.Type, frame);
            case IPropertyReferenceOperation property: return Property(property, frame);
            case ISimpleAssignmentOperation assignment: return AssignTo(assignment.Target, Evaluate(assignment.Value, frame), frame);
            case ICoalesceAssignmentOperation assignment:
            {
                var now = Evaluate(assignment.Target, frame);
                var otherwise = Evaluate(assignment.Value, frame);
                return AssignTo(assignment.Target, now is Unknown or Constant { Raw: null } ? otherwise : Either(now, otherwise), frame);
            }
            case ICompoundAssignmentOperation compound:
                return AssignTo(compound.Target, Combine(compound.OperatorKind, Evaluate(compound.Target, frame), Evaluate(compound.Value, frame), compound), frame);
            case IDeconstructionAssignmentOperation deconstruction:
                Bind(deconstruction.Target, Evaluate(deconstruction.Value, frame), frame);
                return new Unknown("a deconstruction");
            case IIncrementOrDecrementOperation step:
            {
                var next = Evaluate(step.Target, frame) is Constant { Integer: { } n } ? (Value)new Constant(step.Kind == OperationKind.Increment ? n + 1 : n - 1) : new Unknown("a counter");
                return AssignTo(step.Target, next, frame);
            }
            case IVariableDeclarationGroupOperation or IBlockOperation or IReturnOperation:
                Execute(operation, frame);
                return new Unknown("a statement");
            case IBinaryOperation binary: return Combine(binary.OperatorKind, Evaluate(binary.LeftOperand, frame), Evaluate(binary.RightOperand, frame), binary);
            case IUnaryOperation unary:
            {
                var operand = Evaluate(unary.Operand, frame);
                if (operand is Step tensor) return Apply(Catalog.Find("neg")!, null, Given(("input", tensor, unary.Operand)), [tensor], unary);
                if (operand is Constant { Raw: bool truth } && unary.OperatorKind == UnaryOperatorKind.Not) return new Constant(!truth);
                return operand is Constant { Number: { } number } && unary.OperatorKind == UnaryOperatorKind.Minus ? new Constant(operand is Constant { Integer: { } i } ? (object)-i : -number) : new Unknown("an operator");
            }
            case IConditionalOperation choice: return Choose(choice, frame);
            case ICoalesceOperation coalesce:
            {
                var left = Evaluate(coalesce.Value, frame);
                return left is Unknown or Constant { Raw: null } || left is Layer { Creation: null, Type: null } ? Evaluate(coalesce.WhenNull, frame) : left;
            }
            case ISwitchExpressionOperation arms:
            {
                var subject = Evaluate(arms.Value, frame);
                Value? merged = null;
                foreach (var arm in arms.Arms)
                {
                    if (Bare(arm.Value) is IThrowOperation) continue;
                    Bind(arm.Pattern, subject, frame);
                    var value = Evaluate(arm.Value, frame);
                    merged = merged is null ? value : Either(merged, value);
                }
                return merged ?? new Unknown("a switch without a value");
            }
            case IIsPatternOperation pattern:
                return Bind(pattern.Pattern, Evaluate(pattern.Value, frame), frame) is { } matches ? new Constant(matches) : new Unknown("a type test");
            case ITupleOperation tuple: return new Items(tuple.Elements.Select(e => Evaluate(e, frame)));
            case IArrayCreationOperation array:
                return array.Initializer is { } initializer ? new Items(initializer.ElementValues.Select(e => Evaluate(e, frame)))
                    : new Items([]) { IsComplete = array.DimensionSizes is [{ ConstantValue: { HasValue: true, Value: 0 } }] };
            case IArrayElementReferenceOperation element: return Element(Evaluate(element.ArrayReference, frame), element.Indices.Select(i => Evaluate(i, frame)).ToList(), element);
            case IImplicitIndexerReferenceOperation element: return Element(Evaluate(element.Instance, frame), [Evaluate(element.Argument, frame)], element);
            case IAnonymousFunctionOperation lambda: return Made(new Function(lambda.Body, lambda.Symbol, frame, frame.This) { Site = lambda });
            case IDelegateCreationOperation creation: return Evaluate(creation.Target, frame);
            case IMethodReferenceOperation method: return Made(new Function(null, method.Method, frame, method.Instance is null ? frame.This : Evaluate(method.Instance, frame)) { Site = method });
            case IConditionalAccessOperation access:
                _conditional.Push(Evaluate(access.Operation, frame));
                try { return Evaluate(access.WhenNotNull, frame); }
                finally { _conditional.Pop(); }
            case IConditionalAccessInstanceOperation: return _conditional.Count > 0 ? _conditional.Peek() : new Unknown("a receiver");
            case IObjectCreationOperation creation: return Create(creation, frame);
            case IInvocationOperation invocation: return Invoke(invocation, frame);
            case IThrowOperation: return new Unknown("a throw");
        }
        // Anything else: read what is in it for its effects. A collection expression is a list, whatever this compiler calls it.
        var parts = operation.ChildOperations.Select(c => Evaluate(c, frame)).ToList();
        if (operation.Syntax is Microsoft.CodeAnalysis.CSharp.Syntax.CollectionExpressionSyntax { Elements: var written })
            return new Items(parts) { IsComplete = written.All(e => e is Microsoft.CodeAnalysis.CSharp.Syntax.ExpressionElementSyntax) && parts.Count == written.Count };
        return torch.IsTensor(operation.Type) ? Unread($"{operation.Kind} is not read", operation, parts) : new Unknown($"{operation.Kind} is not read");
    }

    private readonly Stack<Value> _conditional = new();

    private Function Made(Function function)
    {
        Happens(EventKind.MakeFunction, function, function.Site!);
        return function;
    }

    private static IReadOnlyDictionary<string, Argument> Given(params (string Name, Value Value, IOperation Operation)[] arguments) =>
        arguments.ToDictionary(a => a.Name, a => new Argument(a.Value, a.Operation));

    private Value Choose(IConditionalOperation choice, Frame frame)
    {
        var condition = Evaluate(choice.Condition, frame);
        if (condition is Constant { Raw: bool known }) return Evaluate(known ? choice.WhenTrue : choice.WhenFalse, frame);
        // What a network returns while it trains is what its loss sees.
        if (IsNotTraining(choice.Condition) is { } predicts) return Evaluate(predicts ? choice.WhenFalse : choice.WhenTrue, frame);
        return Either(Evaluate(choice.WhenTrue, frame), Evaluate(choice.WhenFalse, frame));
    }

    private Value Member(IMemberReferenceOperation reference, ISymbol member, ITypeSymbol type, Frame frame)
    {
        var owner = reference.Instance is null ? null : Evaluate(reference.Instance, frame);
        if (owner is not null && _state.TryGetValue((owner, member), out var value)) return value;
        if (owner is Items tuple && member is IFieldSymbol { ContainingType.IsTupleType: true } item)
        {
            var index = item.ContainingType.TupleElements.IndexOf((item.CorrespondingTupleField is { } f ? item.ContainingType.TupleElements.FirstOrDefault(t => SymbolEqualityComparer.Default.Equals(t.CorrespondingTupleField, f)) : item) ?? item);
            return index >= 0 && index < tuple.Elements.Count ? tuple.Elements[index] : new Unknown("a tuple element");
        }
        if (owner is Layer layer && torch.IsParameter(type)) return new ParameterOf(layer, member.Name);
        // A field nobody set yet, of a module class, is still that module; a tensor field is a tensor.
        return Anything(type, member.Name, member) switch
        {
            Unknown => new Unknown($"{member.Name} is set elsewhere"),
            var any when owner is not null => Remember(owner, member, any),
            var any => any,
        };
    }

    private Value Remember(Value owner, ISymbol member, Value value)
    {
        _state = _state.SetItem((owner, member), value);
        return value;
    }

    private Value Property(IPropertyReferenceOperation property, Frame frame)
    {
        var name = property.Property.Name;
        if (!torch.IsTorch(property.Property))
        {
            if (property.Property.IsIndexer || property.Arguments.Length > 0)
                return Element(Evaluate(property.Instance, frame), property.Arguments.Select(a => Evaluate(a, frame)).ToList(), property);
            var owner = property.Instance is null ? null : Evaluate(property.Instance, frame);
            if (owner is Items list && name is "Count" or "Length") return owner is Items { IsComplete: true } known ? new Constant((long)known.Elements.Count) : new Unknown("a count");
            if (owner is ShapeOf { Tensor.Shape: { HasRank: true } shape } && name is "Length") return new Constant((long)shape.Rank);
            // A computed property of the user's is a method without arguments.
            if (property.Property.GetMethod is { } getter && torch.IsOwn(getter) && !IsAuto(property.Property)
                && Run(getter, owner, new Dictionary<string, Argument>(), null, null) is { Returns: [var only] })
                return only.Value;
            return Member(property, property.Property, property.Property.Type, frame);
        }
        var receiver = property.Instance is null ? null : Evaluate(property.Instance, frame);
        switch (receiver)
        {
            case Step tensor when name == "shape": return new ShapeOf(tensor);
            case Step tensor when property.Property.IsIndexer:
                return Index(tensor, property.Arguments.Select(a => Evaluate(a, frame)).ToList(), property);
            case Step tensor when name is "grad" or "data" or "T" or "real": return Unread($"{name} is not read", property, [tensor], name);
            case Step tensor when name is "device" or "dtype": return new Unknown(name);
            case Layer layer when torch.IsTensor(property.Type): return new ParameterOf(layer, name);
            case Layer { Children: { } children } when property.Property.IsIndexer:
                return Element(children, property.Arguments.Select(a => Evaluate(a, frame)).ToList(), property);
            case Layer layer when name is "Count": return layer.Children is { IsComplete: true } all ? new Constant((long)all.Elements.Count) : new Unknown("a count");
            case ParameterOf parameter when torch.IsTensor(property.Type): return parameter;
        }
        return torch.IsTensor(property.Type) ? Unread($"property {name} is not read", property, receiver is null ? [] : [receiver], name) : new Unknown($"property {name} is not read");
    }

    private static bool IsAuto(IPropertySymbol property) =>
        property.ContainingType.GetMembers().OfType<IFieldSymbol>().Any(f => SymbolEqualityComparer.Default.Equals(f.AssociatedSymbol, property));

    private Value Element(Value collection, IReadOnlyList<Value> indices, IOperation operation) => (collection, indices) switch
    {
        (ShapeOf shape, [Constant { Integer: { } n }]) => new Size(AxisOf(shape.Tensor, n)),
        (Items { Elements: var items }, [Constant { Integer: { } n }]) when n >= 0 && n < items.Count => items[(int)n],
        (Layer { Children: { Elements: var items } }, [Constant { Integer: { } n }]) when n >= 0 && n < items.Count => items[(int)n],
        // Any element of a list of layers: one of them, as good as another for its kind.
        (Layer { Children: { Elements: { Count: > 0 } items } }, _) => items.Aggregate(Either),
        (Items { Elements: { Count: > 0 } items }, _) when items.All(i => i is Layer) => items.Aggregate(Either),
        (Step tensor, _) => Index(tensor, indices, operation),
        _ => torch.IsTensor(operation.Type) ? Unread("an element of something not read", operation, [collection]) : new Unknown("an element of something not read"),
    };

    /// <summary>The size of one axis; the same symbol for tensors that surely agree.</summary>
    private static Dim AxisOf(Step tensor, long index)
    {
        if (tensor.Shape.HasRank)
        {
            var at = index < 0 ? index + tensor.Shape.Rank : index;
            if (at >= 0 && at < tensor.Shape.Rank && tensor.Shape.Dims[(int)at] is { IsKnown: true } dim) return dim;
            index = at;
        }
        while (tensor.Op.KeepsShape && tensor.Kind == StepKind.Operation && tensor.Input is { } input) tensor = input;
        return Dim.Named(new Axis(tensor, (int)index));
    }

    private Value Index(Step tensor, IReadOnlyList<Value> indices, IOperation operation)
    {
        // A number takes an axis away; anything else (a slice, a list of rows) leaves one of unknown size; a tensor may be a mask.
        var shape = Shape.Unknown;
        if (tensor.Shape.HasRank && indices.Count == 1 && indices[0] is not Step)
            shape = indices[0] is Constant { Integer: not null } or Size ? Shape.Of(tensor.Shape.Dims.Skip(1)) : tensor.Shape.With(0, Dim.Unknown);
        return Add(new Step(StepKind.Operation, Catalog.Find("index")!, [tensor], operation)
        {
            Shape = shape, Range = tensor.Range, Builder = null, PredictionOnly = _predictionOnly > 0,
        });
    }

    private Value AssignTo(IOperation target, Value value, Frame frame)
    {
        switch (Bare(target))
        {
            case ILocalReferenceOperation local: NameAfter(value, local.Local); SetWhereDeclared(frame, local.Local, value); break;
            case IParameterReferenceOperation parameter: SetWhereDeclared(frame, parameter.Parameter, value); break;
            case IFieldReferenceOperation field: AssignMember(field, field.Field, value, frame); break;
            case IPropertyReferenceOperation { Property.IsIndexer: false } property: AssignMember(property, property.Property, value, frame); break;
            case IDiscardOperation: break;
            case var other: foreach (var child in other.ChildOperations) Evaluate(child, frame); break;
        }
        return value;
    }

    private void AssignMember(IMemberReferenceOperation target, ISymbol member, Value value, Frame frame)
    {
        var owner = target.Instance is null ? null : Evaluate(target.Instance, frame);
        Assign(frame, owner, member, value);
        if (owner is Instance instance) Happens(EventKind.UseObject, instance, target, Given((member.Name, value, target)));
    }

    private void SetWhereDeclared(Frame frame, ISymbol symbol, Value value)
    {
        for (var f = frame; f is not null; f = f.Lexical)
            if (_state.ContainsKey((f, symbol))) { _state = _state.SetItem((f, symbol), value); return; }
        Set(frame, symbol, value);
    }

    /// <summary>Puts a value where a pattern, a loop variable or a deconstruction declares names; answers whether a type test holds, if known.</summary>
    private bool? Bind(IOperation target, Value value, Frame frame)
    {
        switch (target)
        {
            case IVariableDeclaratorOperation variable: Set(frame, variable.Symbol, value); return true;
            case IDeclarationExpressionOperation declaration: return Bind(declaration.Expression, value, frame);
            case ITupleOperation tuple:
                for (var i = 0; i < tuple.Elements.Length; i++)
                    Bind(tuple.Elements[i], value is Items items && i < items.Elements.Count ? items.Elements[i] : Anything(tuple.Elements[i].Type!, "element", tuple.Elements[i] is ILocalReferenceOperation l ? l.Local : frame.Method!), frame);
                return null;
            case ILocalReferenceOperation or IFieldReferenceOperation or IPropertyReferenceOperation or IParameterReferenceOperation or IDiscardOperation:
                AssignTo(target, value, frame);
                return null;
            case IDeclarationPatternOperation pattern:
                var (narrowed, matches) = Narrow(value, pattern.MatchedType);
                if (pattern.DeclaredSymbol is { } symbol) Set(frame, symbol, narrowed);
                return matches;
            case ITypePatternOperation pattern:
                return Narrow(value, pattern.MatchedType).Matches;
            case IConstantPatternOperation { Value.ConstantValue: { HasValue: true, Value: null } }:
                return value switch { Constant { Raw: null } => true, Layer or Step or Constant => false, _ => null };
            case INegatedPatternOperation not:
                return !Bind(not.Pattern, value, frame);
            case IRecursivePatternOperation { DeclaredSymbol: { } declared }:
                Set(frame, declared, value);
                return null;
            default:
                return null;
        }
    }

    private (Value Value, bool? Matches) Narrow(Value value, ITypeSymbol? type)
    {
        if (type is null || !torch.IsModule(type) && !torch.IsParameter(type)) return (value, null);
        var op = torch.IsTorch(type) ? Catalog.Find(type.Name) : null;
        return value switch
        {
            // Some layer of this kind among a module's parts.
            PartsOf parts when op is not null => (new Layer(op, null) { Name = $"every {op.Name} of {parts.Model.Name}" }, null),
            Layer { IsChoice: false, Creation: not null } layer when op is not null && layer.Type is null => (layer, layer.Op.Name == op.Name),
            _ => (value, null),
        };
    }

    private Value Combine(BinaryOperatorKind kind, Value left, Value right, IOperation operation)
    {
        if (left is Step || right is Step)
        {
            var op = kind switch
            {
                BinaryOperatorKind.Add => Catalog.Find("add")!,
                BinaryOperatorKind.Subtract => Catalog.Find("sub")!,
                BinaryOperatorKind.Multiply => Catalog.Find("mul")!,
                BinaryOperatorKind.Divide => Catalog.Find("div")!,
                _ => null,
            };
            var inputs = new[] { left, right }.OfType<Step>().ToList();
            if (op is null) return Add(new Step(StepKind.Operation, new Op("comparison", Role.Arithmetic) { Range = new(0, 1) }, inputs, operation) { Range = new(0, 1) });
            return Apply(op, null, Given(("left", left, operation), ("right", right, operation)), inputs, operation);
        }
        if (left is Constant { Integer: { } a } && right is Constant { Integer: { } b })
            switch (kind)
            {
                case BinaryOperatorKind.Add: return new Constant(a + b);
                case BinaryOperatorKind.Subtract: return new Constant(a - b);
                case BinaryOperatorKind.Multiply: return new Constant(a * b);
                case BinaryOperatorKind.Divide when b != 0: return new Constant(a / b);
                case BinaryOperatorKind.Remainder when b != 0: return new Constant(a % b);
                case BinaryOperatorKind.LessThan: return new Constant(a < b);
                case BinaryOperatorKind.LessThanOrEqual: return new Constant(a <= b);
                case BinaryOperatorKind.GreaterThan: return new Constant(a > b);
                case BinaryOperatorKind.GreaterThanOrEqual: return new Constant(a >= b);
                case BinaryOperatorKind.Equals: return new Constant(a == b);
                case BinaryOperatorKind.NotEquals: return new Constant(a != b);
            }
        if (left is Constant { Number: { } x } && right is Constant { Number: { } y })
            switch (kind)
            {
                case BinaryOperatorKind.Add: return new Constant(x + y);
                case BinaryOperatorKind.Subtract: return new Constant(x - y);
                case BinaryOperatorKind.Multiply: return new Constant(x * y);
                case BinaryOperatorKind.Divide: return new Constant(x / y);
            }
        if (left is Constant { Raw: bool p } && right is Constant { Raw: bool q })
            switch (kind)
            {
                case BinaryOperatorKind.ConditionalAnd: return new Constant(p && q);
                case BinaryOperatorKind.ConditionalOr: return new Constant(p || q);
            }
        // Arithmetic on unknown sizes: the same expression over the same symbols is not tracked yet.
        return new Unknown("arithmetic on values not known");
    }
}
