using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Reading;

/// <summary>Loops: those that are unrolled, and those of which one turn is read for all.</summary>
internal sealed partial class Reader
{
    /// <summary>A loop of unknown length, read once. What it changed is then only known as far as it stayed the same.</summary>
    private bool Loop(IOperation loop, Dim trips, Frame frame, Action body)
    {
        var outer = Now;
        var turning = Turn(loop, trips);
        _state.Begin();
        Forget(loop, frame);
        body();
        var changes = _state.End();
        Now = outer;
        foreach (var slot in changes.Keys.ToList())
            if (_state.Get(slot.Item1, slot.Item2) is { } before)
            {
                if (!insideNetwork && slot.Item2 is ISymbol kept && changes[slot] is Step or Items) turning.Keeps[kept] = changes[slot];
                if (changes[slot] is Changing { Turns: var turns } end && Equals(turns.Variable, slot.Item2))
                    turns.Factor = end.Factor;
                changes[slot] = Repeated(before, changes[slot]);
            }
        _state.Apply(changes);
        return true;
    }

    /// <summary>A loop that is not read: what it assigns is not known any more, and what comes after it is not read either.</summary>
    private bool SkipLoop(IOperation loop, Frame frame)
    {
        var assigned = Assigned.In(loop.Syntax);
        for (var f = frame; f is not null; f = f.Lexical)
            foreach (var symbol in f.Variables)
                if (assigned.Contains(symbol.Name)) _state.Set(f, symbol, new Unknown("too large"));
        return Leave(Exit.Throw);
    }

    /// <summary>Enters a loop.</summary>
    private Loop Turn(IOperation loop, Dim trips, bool isUnrolled = false)
    {
        var turning = new Loop(loop, Now.Loop, trips) { IsUnrolled = isUnrolled, Start = _state.Time };
        Now = Now with { Loop = turning };
        return turning;
    }

    /// <summary>What a variable holds after any number of rounds, of which one was read.</summary>
    private Value Repeated(Value before, Value after) => (before, after) switch
    {
        (Items x, Items y) when y.Elements.Length > x.Elements.Length => new Items(y.Elements) { Repeats = true, IsComplete = false },
        (Step x, Step y) when insideNetwork && !ReferenceEquals(x, y) && !x.Shape.SameAs(y.Shape) =>
            Add(new Step(StepKind.Choice, new Op("loop", Role.Opaque), [y], null) { Shape = Common(x.Shape, y.Shape), Range = y.Range }),
        (Constant { Integer: not null } or Size, Constant { Integer: not null } or Size) when !before.Dim.Equals(after.Dim) =>
            new Size(Dim.Named(new Symbol("n"))),
        (Constant, Constant) when !Equals(((Constant)before).Raw, ((Constant)after).Raw) => new Unknown("a loop"),
        _ => after,
    };

    /// <summary>What stands for each of several values in turn: of numbers and texts only what they share is known.</summary>
    private static Value AnyOf(IReadOnlyList<Value> values, string name) => values[0] switch
    {
        _ when values.Count == 1 => values[0],
        Constant first when values.All(v => v is Constant other && Equals(other.Raw, first.Raw)) => first,
        Constant { Integer: { } first } when values.All(v => v is Constant { Integer: not null }) =>
            new Size(Dim.Named(new Symbol(name))) { First = first },
        Constant => new Unknown("one of several") { Name = name },
        Items { Elements: var parts } first when values.All(v => v is Items { Elements.Length: var n } && n == parts.Length) =>
            first.With(parts.Select((_, i) => AnyOf(values.Select(v => ((Items)v).Elements[i]).ToList(), name)).ToList()),
        var first => first,
    };

    private static Shape Common(Shape a, Shape b) =>
        a.HasRank && a.Rank == b.Rank ? Shape.Of(a.Dims.Select((d, i) => d.Equals(b.Dims[i]) ? d : Dim.Unknown))
        : a.At(-1) is { IsKnown: true } last && last.Equals(b.At(-1)) ? Shape.EndingIn(last) : Shape.Unknown;

    /// <summary>
    /// In training code only loops that put something together are unrolled: one that trains is read once, however often it runs. Rounds
    /// of loops inside loops multiply; what would take too many is read once too.
    /// </summary>
    private bool MayUnroll(ILoopOperation loop)
    {
        if (_unrolling > 0 && _rounds > MaxRounds) return false;
        if (insideNetwork) return true;
        var builds = false;
        foreach (var node in loop.Body.Syntax.DescendantNodes())
            if (node is not SimpleNameSyntax { Identifier.ValueText: var name }) continue;
            else if (Effects.Trains(name)) return false;
            else builds |= name is "Append" || Effects.OfModule(name) == EventKind.Grow;
        return builds;
    }

    private bool While(IWhileLoopOperation loop, Frame frame)
    {
        if (loop.Condition is not null) Evaluate(loop.Condition, frame);
        return Loop(loop, Dim.Unknown, frame, () => Execute(loop.Body, frame));
    }

    /// <summary>Any of a model's parameters, with its name where that comes along.</summary>
    private static Value AnyOf(ParametersOf all)
    {
        var any = new ParameterOf(all.Model, null);
        return all.Named ? new Items([new ParameterTrait(isName: true), any]) : any;
    }

    private bool ForEach(IForEachLoopOperation loop, Frame frame)
    {
        var collection = Evaluate(loop.Collection, frame);
        var count = (collection as Samples)?.Count ?? ContentsOf(collection)?.Count ?? Dim.Unknown;
        switch (collection)
        {
            case Samples { Columns: not null } data: return Once(SampleOf(data));
            case ParametersOf p: return Once(AnyOf(p));
            case PartsOf p when ChildrenOf(p) is { } parts:
                return Rounds(parts.Select(p2 => p.Named ? new Items([new Unknown("a name"), p2]) : (Value)p2));
            case PartsOf p: return Once(p.Named ? new Items([new Unknown("a name"), new PartsOf(p.Model, false)]) : p);
        }
        if (ContentsOf(collection) is { Elements: { Length: > 0 and <= MaxUnroll } elements } items)
        {
            if (elements.All(e => e is ParametersOf { Named: false }))
                return elements.All(e => Once(new ParameterOf(((ParametersOf)e).Model, null)));
            if (!items.Repeats && (MayUnroll(loop) || elements.All(e => e is Layer or Optimizer or Scheduler)))
            {
                var goesOn = Rounds(elements);
                return goesOn;
            }
            if (items.Repeats) foreach (var element in elements) Once(element);
            else Once(AnyOf(elements, "element"));
            return true;
        }
        if (ContentsOf(collection) is { IsComplete: true, Elements.Length: 0 } && insideNetwork) return true;
        return Once(Data(Anything(ElementType(loop.Collection.Type), "element")));

        bool Rounds(IEnumerable<Value> parts)
        {
            var outer = Now;
            Turn(loop, count, isUnrolled: true);
            if (_unrolling++ == 0) _rounds = 0;
            var goesOn = true;
            foreach (var part in parts)
            {
                _rounds++;
                if (!(goesOn = Round(part))) break;
            }
            _unrolling--;
            Now = outer;
            return goesOn || _exit == Exit.Break;
        }

        bool Round(Value element)
        {
            Bind(loop.LoopControlVariable, element, frame);
            return Execute(loop.Body, frame) || _exit is Exit.Continue;
        }

        bool Once(Value element) => Loop(loop, count, frame, () =>
        {
            Now.Loop!.Over = collection as Samples;
            Bind(loop.LoopControlVariable, element, frame);
            Execute(loop.Body, frame);
        });
    }

    private static ITypeSymbol? ElementType(ITypeSymbol? collection) => collection switch
    {
        IArrayTypeSymbol array => array.ElementType,
        INamedTypeSymbol { TypeArguments: [var element] } => element,
        _ => collection,
    };

    /// <summary>How often a counted loop turns if nothing leaves it: <c>for (var i = 0; i &lt; 10; i++)</c>.</summary>
    private Dim TripsOf(IForLoopOperation loop, Frame frame)
    {
        // With a second condition it turns at most as often.
        var test = loop.Condition;
        while (test is IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd } both) test = both.LeftOperand;
        if (test is not IBinaryOperation { LeftOperand: var left, RightOperand: var right, OperatorKind: var kind }
            || Bare(left) is not ILocalReferenceOperation counter || Get(frame, counter.Local) is not { } start) return Dim.Unknown;
        long? step = loop.AtLoopBottom is not [IExpressionStatementOperation { Operation: var next }] ? null : next switch
        {
            IIncrementOrDecrementOperation { Target: ILocalReferenceOperation } turn => turn.Kind == OperationKind.Increment ? 1 : -1,
            ICompoundAssignmentOperation { OperatorKind: BinaryOperatorKind.Add
                or BinaryOperatorKind.Subtract } add when Evaluate(add.Value, frame) is Constant { Integer: { } by } =>
                add.OperatorKind == BinaryOperatorKind.Add ? by : -by,
            _ => null,
        };
        var (from, to) = (start.Dim, Evaluate(right, frame).Dim);
        var one = Dim.Of(1);
        var (span, size) = (kind, step) switch
        {
            (BinaryOperatorKind.LessThan, > 0) => (to - from, step.Value),
            (BinaryOperatorKind.LessThanOrEqual, > 0) => (to - from + one, step.Value),
            (BinaryOperatorKind.GreaterThan, < 0) => (from - to, -step.Value),
            (BinaryOperatorKind.GreaterThanOrEqual, < 0) => (from - to + one, -step.Value),
            _ => (Dim.Unknown, 1),
        };
        return span.Size is { } n ? Dim.Of(Math.Max(0, (n + size - 1) / size)) : size == 1 ? span : Dim.Unknown;
    }

    private bool For(IForLoopOperation loop, Frame frame)
    {
        foreach (var start in loop.Before) Execute(start, frame);
        // A counted loop is unrolled where it makes or applies layers.
        var trips = TripsOf(loop, frame);
        if (loop.Condition is not null && loop.Locals.Length == 1 && MayUnroll(loop) && trips.Size is null or <= MaxUnroll)
        {
            _state.Begin();
            var (rounds, ended, leaves) = (0, false, false);
            var outer = Now;
            if (_unrolling++ == 0) _rounds = 0;
            Turn(loop, trips, isUnrolled: true);
            while (rounds <= MaxUnroll && Evaluate(loop.Condition, frame) is Constant { Raw: bool more })
            {
                if (!more) { ended = true; break; }
                rounds++;
                if (rounds > MaxUnroll) break;
                _rounds++;
                if (!Execute(loop.Body, frame) && _exit != Exit.Continue)
                {
                    (ended, leaves) = (true, _exit != Exit.Break);
                    break;
                }
                foreach (var next in loop.AtLoopBottom) Execute(next, frame);
            }
            _unrolling--;
            Now = outer;
            var changes = _state.End();
            if (ended)
            {
                _state.Apply(changes);
                return !leaves;
            }
        }
        foreach (var local in loop.Locals)
            Set(frame, local, new Size(Dim.Named(new Symbol(local.Name))) { First = (Get(frame, local) as Constant)?.Integer });
        if (loop.Condition is not null) Evaluate(loop.Condition, frame);
        return Loop(loop, trips, frame, () => Execute(loop.Body, frame));
    }

    // ---- What a loop changes. One turn is read for all: of a flag or a counter that later turns find changed nothing may be concluded.

    /// <summary>Takes back what is known of variables that a loop of training code assigns.</summary>
    private void Forget(IOperation loop, Frame frame)
    {
        if (insideNetwork) return;
        var assigned = Assigned.In(loop.Syntax);
        if (assigned.Count == 0) return;
        for (var f = frame; f is not null; f = f.Lexical)
            foreach (var symbol in f.Variables)
                if (assigned.Contains(symbol.Name) && _state.Get(f, symbol) is Constant value)
                    _state.Set(f, symbol, Forgotten(value, symbol));
    }

    /// <summary>A member as it is read: what a method of its class changes is not known in a turn that did not set it before.</summary>
    private Value AsOf(Owner owner, ISymbol member, Value value) =>
        !insideNetwork && TurningSince(owner) is { } loop && value is Constant { Raw: not null }
        && !_state.IsSetSince(owner, member.OriginalDefinition, loop.Start)
            && torch.IsOwn(member) && Assigned.IsLater(member) ? Remember(owner, member, Forgotten(value, member)) : value;

    private static Value Forgotten(Value value, ISymbol symbol) => value is not Constant constant ? value
        : constant.Integer is { } first ? new Size(Dim.Named(new Symbol(symbol.Name))) { First = first }
        : constant.Number is not null ? new Changing(new Turns(symbol), 1) { Name = symbol.Name }
        : constant.Raw is null ? value : new Unknown("a loop changes it") { Name = symbol.Name };

    /// <summary>
    /// The innermost loop that began after something was made and of which one turn is read for all; null if there is none.
    /// </summary>
    private Loop? TurningSince(Owner made) => Graph.Loop.From(Now.Loop).TakeWhile(l => l != made.MadeIn).FirstOrDefault(l => !l.IsUnrolled);
}
