using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Reading;

/// <summary>Conditions, the two sides of a branch, and what is either one thing or another.</summary>
internal sealed partial class Reader
{
    /// <summary>More alternatives of one value than these are not told apart; more arms of a switch neither.</summary>
    private const int MaxAlternatives = 8, MaxArms = 32;

    /// <summary>Lists in lists in lists are merged this deep.</summary>
    private const int MaxMerging = 3;

    private int _merging;

    private static readonly Constant Yes = new(true), No = new(false);

    /// <summary>How control left the last statement that it does not go on after.</summary>
    private enum Exit { Return, Throw, Break, Continue, Jump }

    private Exit _exit;

    /// <summary>Whether something was left that somebody goes on after: not by an exception.</summary>
    private bool _isLeft;

    private Moment Now { get; set; } = Moment.Start;

    private CodePath Path => Now.Path;

    private void Assume(Truth fact, bool isGuard = false) => Now = Now with { Path = Path.And(fact, isGuard) };

    // ---- Truth values: a constant, a Truth, or a value of which nothing is known but that it is the same whenever it is read.

    private static Truth TruthOf(Value value) => value as Truth ?? Truth.Of(value);

    private bool? Holds(Value condition) =>
        condition is Constant { Raw: bool known } ? known : condition is Constant ? null : Path.Decides(TruthOf(condition));

    private static Value Not(Value value) => value is Constant { Raw: bool known } ? known ? No : Yes : TruthOf(value).Not();

    private static Value And(Value a, Value b) =>
        a is Constant { Raw: bool x } ? x ? b : No : b is Constant { Raw: bool y } ? y ? a : No
        : TruthOf(a).And(TruthOf(b)) ?? (Value)new Unknown("a long condition");

    private static Value Or(Value a, Value b) => Not(And(Not(a), Not(b)));

    /// <summary>What tells a value apart in a condition: a size by what it is computed from, anything else by identity.</summary>
    private static object SubjectOf(Value value) => value switch
    {
        Size { Dim: { IsKnown: true } dim } => dim,
        Constant constant => constant.Integer ?? constant.Raw ?? "null",
        _ => value,
    };

    /// <summary>Whether two values are the same.</summary>
    private Value Same(Value a, Value b)
    {
        if (a is Constant { Raw: null }) return IsNull(b);
        if (b is Constant { Raw: null }) return IsNull(a);
        switch (a, b)
        {
            case (Constant x, Constant y):
                return (x.Integer is { } i && y.Integer is { } j ? i == j : Equals(x.Raw, y.Raw)) ? Yes : No;
            case (Size or Constant, Size or Constant) when a.Dim is var p && b.Dim is var q && p.IsKnown && q.IsKnown:
                if (p.Equals(q)) return Yes;
                if (p.SurelyDiffersFrom(q)) return No;
                break;
        }
        if (a is Constant { Raw: bool truth }) return truth ? b : Not(b);
        if (b is Constant { Raw: bool other }) return other ? a : Not(a);
        if (a is Constant) (a, b) = (b, a);
        return b is Constant known ? Truth.Of(SubjectOf(a), known.Integer ?? known.Raw) : Truth.Of((SubjectOf(a), SubjectOf(b)));
    }

    /// <summary>Which is more; <c>a &lt;= b</c> is the opposite of <c>a &gt; b</c>.</summary>
    private static Value Compare(BinaryOperatorKind kind, Value a, Value b) => kind switch
    {
        BinaryOperatorKind.GreaterThan => Truth.Of((SubjectOf(a), ">", SubjectOf(b))),
        BinaryOperatorKind.LessThan => Truth.Of((SubjectOf(b), ">", SubjectOf(a))),
        BinaryOperatorKind.LessThanOrEqual => Truth.Of((SubjectOf(a), ">", SubjectOf(b))).Not(),
        BinaryOperatorKind.GreaterThanOrEqual => Truth.Of((SubjectOf(b), ">", SubjectOf(a))).Not(),
        _ => new Unknown("a comparison"),
    };

    /// <summary>Whether a value is null.</summary>
    private Value IsNull(Value value) => value switch
    {
        Constant { Raw: null } => Yes,
        { Alternatives: { Count: <= MaxAlternatives } either } =>
            Or(And(either.Condition, IsNull(either.Then)), And(either.Condition.Not(), IsNull(either.Otherwise))),
        { Alternatives: not null } or Step { MayBeNull: true } or Unknown or Layer { IsHandedIn: true } or Instance { Creation: null } =>
            Truth.Of(value, null),
        _ => No,
    };

    // ---- Branches.

    private readonly record struct Side(bool GoesOn, Dictionary<(Owner Owner, object Member), Value> Changes, CodePath Start, CodePath End,
        bool IsLeft)
    {
        /// <summary>What holds at its end besides, because all else was left on the way.</summary>
        public Truth? Besides => End.Beyond(Start);

        /// <summary>Whether all that was left on the way went nowhere.</summary>
        public bool IsGuarded => End.IsGuardedSince(Start);
    }

    /// <summary>Reads the two sides of a condition that nothing decides; false when control goes on after neither.</summary>
    private bool Branch(Truth condition, Func<bool> then, Func<bool> otherwise)
    {
        var (before, left) = (Now, _isLeft);
        var opposite = condition.Not();
        var (first, second) = (Try(condition, then), Try(opposite, otherwise));
        (Now, _isLeft) = (before, left || first.IsLeft || second.IsLeft);
        // A branch that only predicts says nothing about training: what the other one left stands.
        var trains = condition.Given([Truth.Training]);
        if (first.GoesOn && second.GoesOn)
        {
            if (trains is { } side) _state.Apply((side ? first : second).Changes);
            else _state.Merge(first.Changes, second.Changes, (a, b) => Either(condition, a, b), IsModuleOfModule);
            AfterBoth(before.Path, condition, first.Besides, opposite, second.Besides, isGuard: first.IsGuarded && second.IsGuarded);
        }
        else if (first.GoesOn) AfterOne(condition, first, isGuard: !second.IsLeft);
        else if (second.GoesOn) AfterOne(opposite, second, isGuard: !first.IsLeft);
        return first.GoesOn || second.GoesOn;
    }

    private Side Try(Truth condition, Func<bool> branch)
    {
        var before = Now;
        _isLeft = false;
        _state.Begin();
        Assume(condition);
        var start = Path;
        var goesOn = branch();
        var side = new Side(goesOn, _state.End(), start, Path, _isLeft);
        Now = before;
        return side;
    }

    private void AfterOne(Truth condition, Side side, bool isGuard)
    {
        _state.Apply(side.Changes);
        Now = Now with { Path = Path.And(condition, isGuard).Follow(side.End, side.Start) };
    }

    /// <summary>What was left on the way is known afterwards: <c>if (a) { if (b) return; }</c> goes on where not both hold.</summary>
    private void AfterBoth(CodePath before, Truth first, Truth? a, Truth second, Truth? b, bool isGuard)
    {
        if (a is null && b is null) return;
        if ((a is null ? first : first.And(a)) is { } one && (b is null ? second : second.And(b)) is { } other
            && one.Or(other) is { } either)
            Now = Now with { Path = before.And(either, isGuard) };
    }

    /// <summary>A layer that only one side of a constructor's branch makes is not there on the other.</summary>
    private bool IsModuleOfModule(Owner owner, object member) => owner is Layer { Type: not null }
        && torch.IsModule((member as IFieldSymbol)?.Type ?? (member as IPropertySymbol)?.Type);

    private bool If(IConditionalOperation branch, Frame frame)
    {
        var condition = Evaluate(branch.Condition, frame);
        if (Holds(condition) is { } known)
            return known ? Execute(branch.WhenTrue, frame) : branch.WhenFalse is null || Execute(branch.WhenFalse, frame);
        return Branch(TruthOf(condition), () => Execute(branch.WhenTrue, frame),
            () => branch.WhenFalse is null || Execute(branch.WhenFalse, frame));
    }

    private Value Choose(IConditionalOperation choice, Frame frame)
    {
        var condition = Evaluate(choice.Condition, frame);
        if (Holds(condition) is { } known) return Evaluate(known ? choice.WhenTrue : choice.WhenFalse, frame);
        var truth = TruthOf(condition);
        if (IsThrow(choice.WhenFalse)) return Guarded(truth, choice.WhenTrue, frame);
        if (IsThrow(choice.WhenTrue)) return Guarded(truth.Not(), choice.WhenFalse, frame);
        // What a network returns while it trains is what its loss sees.
        if (truth.Given([Truth.Training]) is { } trains)
            return trains ? Under(truth, choice.WhenTrue, frame) : Under(truth.Not(), choice.WhenFalse, frame);
        return Either(truth, Under(truth, choice.WhenTrue, frame), Under(truth.Not(), choice.WhenFalse, frame));
    }

    private Value Guarded(Truth truth, IOperation? value, Frame frame)
    {
        Assume(truth, isGuard: true);
        return Evaluate(value, frame);
    }

    private static bool IsThrow(IOperation? operation) => operation is not null && Bare(operation) is IThrowOperation;

    /// <summary>A value where something holds; what it changes stays.</summary>
    private Value Under(Truth truth, IOperation? operation, Frame frame)
    {
        var before = Now;
        Assume(truth);
        var value = Evaluate(operation, frame);
        Now = before;
        return value;
    }

    private Value Choose(ISwitchExpressionOperation arms, Frame frame)
    {
        var subject = Evaluate(arms.Value, frame);
        var before = Now;
        var values = new List<(Truth? Condition, Value Value)>();
        foreach (var arm in arms.Arms)
        {
            var matches = And(Bind(arm.Pattern, subject, frame), arm.Guard is null ? Yes : Evaluate(arm.Guard, frame));
            var holds = Holds(matches);
            if (holds == false) continue;
            var truth = holds == true ? null : TruthOf(matches);
            if (!IsThrow(arm.Value)) values.Add((truth, truth is null ? Evaluate(arm.Value, frame) : Under(truth, arm.Value, frame)));
            if (truth is null || values.Count > MaxArms) break;
            Assume(truth.Not());
        }
        Now = before;
        return values.Count == 0 ? new Unknown("a switch without a value") : Fold(values);
    }

    /// <summary>The first whose condition holds.</summary>
    private Value Fold(IReadOnlyList<(Truth? Condition, Value Value)> values)
    {
        var merged = values[values.Count - 1].Value;
        for (var i = values.Count - 2; i >= 0; i--) merged = Either(values[i].Condition, values[i].Value, merged);
        return merged;
    }

    private bool Switch(ISwitchOperation choice, Frame frame)
    {
        var value = Evaluate(choice.Value, frame);
        var sections = choice.Cases.Where(c => !IsDefault(c)).Concat(choice.Cases.Where(IsDefault)).ToList();
        return From(0);

        bool From(int index)
        {
            if (index == sections.Count) return true;
            var section = sections[index];
            Value matches = No;
            foreach (var clause in section.Clauses) matches = Or(matches, Matches(clause, value, frame));
            if (Holds(matches) is { } known) return known ? Section(section) : From(index + 1);
            return index < MaxArms && HasStack() ? Branch(TruthOf(matches), () => Section(section), () => From(index + 1)) : Limited();
        }

        bool Section(ISwitchCaseOperation section)
        {
            foreach (var statement in section.Body)
                if (!Execute(statement, frame)) return _exit is Exit.Break or Exit.Jump;
            return true;
        }
    }

    private static bool IsDefault(ISwitchCaseOperation section) => section.Clauses.Any(c => c is IDefaultCaseClauseOperation);

    private Value Matches(ICaseClauseOperation clause, Value value, Frame frame) => clause switch
    {
        IPatternCaseClauseOperation p => And(Bind(p.Pattern, value, frame), p.Guard is null ? Yes : Evaluate(p.Guard, frame)),
        ISingleValueCaseClauseOperation s => Same(value, Evaluate(s.Value, frame)),
        IDefaultCaseClauseOperation => Yes,
        _ => new Unknown("a case"),
    };

    // ---- One or the other.

    /// <summary>A value where the conditions that hold here decide between what it may be.</summary>
    private Value Resolve(Value value)
    {
        while (value.Alternatives is { } either && Path.Decides(either.Condition) is { } holds)
            value = holds ? either.Then : either.Otherwise;
        return value;
    }

    /// <summary>What is done with each of the values it may be.</summary>
    private Value Each(Alternatives either, Func<Value, Value> act)
    {
        if (either.Otherwise is Constant { Raw: null } or Unknown { Alternatives: null }) return Only(either.Condition, either.Then, act);
        if (either.Then is Constant { Raw: null } or Unknown { Alternatives: null })
            return Only(either.Condition.Not(), either.Otherwise, act);
        if (Path.Decides(either.Condition) is { } known) return act(known ? either.Then : either.Otherwise);
        Value? first = null, second = null;
        Branch(either.Condition, () => (first = act(either.Then)) is not null, () => (second = act(either.Otherwise)) is not null);
        return Either(either.Condition, first!, second!);
    }

    private Value Only(Truth condition, Value value, Func<Value, Value> act)
    {
        var before = Now;
        Assume(condition);
        var result = act(value);
        Now = before;
        return result;
    }

    /// <summary>One or the other, depending on something not known.</summary>
    private Value Either(Truth? condition, Value a, Value b)
    {
        if (ReferenceEquals(a, b)) return a;
        switch (a, b)
        {
            case (Constant x, Constant y) when Equals(x.Raw, y.Raw): return a;
            case (Constant { Integer: not null } or Size, Constant { Integer: not null } or Size):
                return a.Dim is var p && b.Dim is var q && p.Equals(q) ? a : Told(new Size(Dim.Named(new Symbol(p, q))));
            case (Step x, Step y):
                if (Path.IsAlways) SolveBoth(x, y);
                return Told(ChoiceOf(x, y));
            case (Step x, Constant { Raw: null }): return Told(ChoiceOf(x, null));
            case (Constant { Raw: null }, Step y): return Told(ChoiceOf(y, null));
            case (Layer or Constant { Raw: null } or Unknown, Layer or Constant { Raw: null } or Unknown) when a is Layer || b is Layer:
                var choices = ChoicesOf(a).Concat(ChoicesOf(b)).Distinct().ToImmutableArray();
                if (choices.Length > MaxAlternatives && Limited()) return new Unknown("too many alternatives");
                return Told(new Layer(new Op("choice", Role.Opaque), null) { Choices = choices, Name = choices[0].Name });
            case (Collection or Items, Collection or Items):
                if (_merging > MaxMerging && Limited()) return new Items([]) { IsComplete = false };
                _merging++;
                var merged = EitherOf(condition, Held(a)!, Held(b)!);
                _merging--;
                return a is Collection c ? Hold(merged, c.Name) : merged;
            case (_, Constant { Raw: null }) when b is not Constant: return a;
            case (Constant { Raw: null }, _) when a is not Constant and not Unknown: return b;
            // Where only one side is understood, that side is what can be said.
            case (Unknown { Alternatives: null }, Step): return b;
            case (Step, Unknown { Alternatives: null }): return a;
            default:
                return (a.Alternatives?.Count ?? 1) + (b.Alternatives?.Count ?? 1) > MaxAlternatives ? new Unknown("too many alternatives")
                    : Told(new Unknown("depends on a branch"));
        }

        Value Told(Value joined)
        {
            if (condition is not null) joined.Alternatives = new(condition, a, b);
            return joined;
        }
    }

    private static IEnumerable<Layer> ChoicesOf(Value value) =>
        value is not Layer layer ? ImmutableArray<Layer>.Empty : layer.IsChoice ? layer.Choices : ImmutableArray.Create(layer);

    private Step ChoiceOf(Step a, Step? b)
    {
        var choice = Add(new Step(StepKind.Choice, new Op("choice", Role.Opaque), b is null ? [a] : [a, b], null)
        {
            Range = b is null ? a.Range : a.Range is { } p && b.Range is { } q ? p.Join(q) : null,
            MayBeNull = b is null || a.MayBeNull && b.MayBeNull,
            When = Now,
        });
        if (insideNetwork) choice.Shape = b is null ? a.Shape : Common(a.Shape, b.Shape);
        else choice.Infer(() => b is null ? a.Shape : Common(a.Shape, b.Shape));
        return choice;
    }

    /// <summary>
    /// A list that was filled in two ways. What one way appended is there under its condition, so that a network put together by settings
    /// (a dropout, a normalization, a last activation) stays the list it is.
    /// </summary>
    private Items EitherOf(Truth? condition, Items a, Items b)
    {
        var common = Math.Min(a.Elements.Length, b.Elements.Length);
        var elements = new List<Value>(common);
        for (var i = 0; i < common; i++) elements.Add(Either(condition, a.Elements[i], b.Elements[i]));
        var longer = a.Elements.Length > common ? a : b;
        var there = condition is null ? null : longer == a ? condition : condition.Not();
        foreach (var more in longer.Elements.Skip(common)) elements.Add(there is null ? more : new Optional(there, more));
        return new Items(elements)
        {
            IsComplete = a.IsComplete && b.IsComplete && (there is not null || a.Elements.Length == b.Elements.Length),
            Repeats = a.Repeats || b.Repeats || there is null && a.Elements.Length != b.Elements.Length,
        };
    }

    /// <summary>A list without what may not be there: anything of it that is left may be at another place.</summary>
    private Items Settled(Items items)
    {
        if (!items.Elements.Any(e => e is Optional)) return items;
        var (elements, open) = (new List<Value>(items.Elements.Length), false);
        foreach (var element in items.Elements)
            if (element is not Optional optional) elements.Add(element);
            else if (Path.Decides(optional.Condition) is { } holds)
            {
                if (holds) elements.Add(optional.Element);
            }
            else
            {
                elements.Add(optional.Element);
                open = true;
            }
        return new Items(elements) { IsComplete = items.IsComplete && !open, Repeats = items.Repeats || open };
    }
}
