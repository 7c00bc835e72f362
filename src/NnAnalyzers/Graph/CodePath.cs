using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using NnAnalyzers.Shapes;

namespace NnAnalyzers.Graph;

/// <summary>
/// Something that is so or not, and nobody knows which: a setting that is compared with a value, or several such together. Two are the same
/// when they compare the same values: what a variable holds is told apart by identity, so one that was written in between is another.
/// </summary>
internal sealed class Truth : Value
{
    private enum Form { Literal, And, Or }

    /// <summary>Larger ones say nothing more that a person would see.</summary>
    private const int MaxSize = 16;

    /// <summary>A person wants the first ones.</summary>
    private const int MaxTold = 4;

    private readonly Form _form;
    private readonly ImmutableArray<Truth> _parts;
    private readonly object? _subject, _value;
    private readonly bool _holds;

    private Truth(object subject, object? value, bool holds) =>
        (_form, _subject, _value, _holds, _parts) = (Form.Literal, subject, value, holds, ImmutableArray<Truth>.Empty);

    private Truth(Form form, ImmutableArray<Truth> parts) => (_form, _parts) = (form, parts);

    /// <summary>Whether a network is in training mode; the one condition whose usual side is known.</summary>
    public static readonly Truth Training = new("training", true, true);

    /// <summary>The subject has this value.</summary>
    public static Truth Of(object subject, object? value) => new(subject, value, true);

    /// <summary>The subject, which is a truth value, is true.</summary>
    public static Truth Of(object subject) => new(subject, true, true);

    public bool IsAbout(object subject) => Equals(_subject, subject);

    public Truth Not() => _form switch
    {
        Form.Literal => new(_subject!, _value, !_holds),
        Form.And => new(Form.Or, _parts.Select(p => p.Not()).ToImmutableArray()),
        _ => new(Form.And, _parts.Select(p => p.Not()).ToImmutableArray()),
    };

    /// <summary>Null where the two together are too much.</summary>
    public Truth? And(Truth other) => Join(Form.And, this, other);

    /// <summary>Null where the two together are too much.</summary>
    public Truth? Or(Truth other) => Join(Form.Or, this, other);

    private int Size => _form == Form.Literal ? 1 : _parts.Sum(p => p.Size);

    private static Truth? Join(Form form, Truth a, Truth b) =>
        a.Size + b.Size > MaxSize ? null
        : new(form,
        (a._form == form ? a._parts : ImmutableArray.Create(a)).AddRange(b._form == form ? b._parts : ImmutableArray.Create(b)));

    /// <summary>What must all be so for this to be so.</summary>
    public IEnumerable<Truth> Parts => _form == Form.And ? _parts : ImmutableArray.Create(this);

    /// <summary>Whether it holds where something tells that of each comparison; null where that does not.</summary>
    public bool? Under(Func<object, object?, bool, bool?> tells)
    {
        if (_form == Form.Literal) return tells(_subject!, _value, _holds);
        var parts = _parts.Select(p => p.Under(tells)).ToList();
        return parts.Contains(_form == Form.Or) ? _form == Form.Or : parts.Contains(null) ? null : _form == Form.And;
    }

    /// <summary>Whether it holds where all of these do; null if they do not tell.</summary>
    public bool? Given(IEnumerable<Truth> facts)
    {
        if (_form == Form.Literal)
        {
            foreach (var fact in facts)
                if (Told(fact) is { } told) return told;
            return null;
        }
        bool? result = _form == Form.And;
        foreach (var part in _parts)
        {
            var one = part.Given(facts);
            if (one == (_form == Form.Or)) return one;
            if (one is null) result = null;
        }
        if (result is null)
            foreach (var fact in facts)
                if (IsSame(fact)) return true;
                else if (fact._form != Form.Literal && IsSame(fact.Not())) return false;
        return result;
    }

    private bool? Told(Truth fact)
    {
        // One of several is so: what each of them tells.
        if (fact._form == Form.Or)
            return Told(fact._parts[0]) is { } told && fact._parts.All(p => Told(p) == told) ? told : null;
        if (fact._form != Form.Literal || !Equals(_subject, fact._subject)) return null;
        if (Equals(_value, fact._value)) return fact._holds == _holds;
        // What is one thing is no other.
        return fact._holds ? !_holds : null;
    }

    private bool IsSame(Truth other) => _form == other._form && (_form == Form.Literal
        ? _holds == other._holds && Equals(_subject, other._subject) && Equals(_value, other._value)
        : _parts.Length == other._parts.Length && _parts.All(p => other._parts.Any(p.IsSame)));

    /// <summary>Says that a counter is one number: of all turns of its loop it holds in one.</summary>
    public bool IsOfOneTurn => _form == Form.Literal && _holds && (_subject switch
    {
        Dim counter when _value is long => counter,
        ValueTuple<object, object>(Dim counter, _) => counter,
        _ => Dim.Unknown,
    }).Symbol is Symbol;

    public override string ToString() => _form == Form.Literal
        ? (_value is true ? (_holds ? "" : "not ") + Name(_subject) : $"{Name(_subject)} is {(_holds ? "" : "not ")}{_value ?? "null"}")
        : string.Join(_form == Form.And ? " and " : " or ", _parts.Take(MaxTold).Select(Nested)) + (_parts.Length > MaxTold ? "…" : "");

    /// <summary>As part of what joins several.</summary>
    public static string Nested(Truth part) => part._form == Form.Literal ? part.ToString() : $"({part})";

    private static string Name(object? subject) => subject switch
    {
        Unknown { Name: { } name } => name,
        Unknown unknown => unknown.Reason,
        Constant constant => constant.Raw?.ToString() ?? "null",
        Value value => value.ToString() ?? "",
        ValueTuple<object, string, object>(var left, var relation, var right) => $"{Name(left)} {relation} {Name(right)}",
        ValueTuple<object, object>(var left, var right) => $"{Name(left)} is {Name(right)}",
        _ => subject?.ToString() ?? "null",
    };
}

/// <summary>
/// The conditions under which something happens: all of them hold. Two things on one path can happen together. What a refused argument
/// leaves (<c>if (c) throw</c>) and that a network trains are known there too, but make nothing conditional.
/// </summary>
internal sealed class CodePath
{
    /// <summary>Conditions beyond are no longer told apart.</summary>
    private const int MaxLength = 64;

    public static readonly CodePath Always = new(null, null!, 0, true);

    private readonly CodePath? _before;
    private readonly Truth _fact;
    private readonly int _length;

    private readonly bool _isGuard;

    private CodePath(CodePath? before, Truth fact, int length, bool isGuard)
    {
        (_before, _fact, _length, _isGuard) = (before, fact, length, isGuard);
        IsAlways = isGuard && before?.IsAlways != false;
    }

    /// <summary>Nothing that is not known decides whether it happens.</summary>
    public bool IsAlways { get; }

    /// <summary>The conditions, the last one first.</summary>
    public IEnumerable<Truth> Facts
    {
        get
        {
            for (var path = this; path._before is not null; path = path._before) yield return path._fact;
        }
    }

    /// <summary>The conditions that may not hold, the first one first.</summary>
    public IEnumerable<Truth> Conditions
    {
        get
        {
            var conditions = new Stack<Truth>();
            for (var path = this; path._before is not null; path = path._before)
                if (!path._isGuard) conditions.Push(path._fact);
            return conditions;
        }
    }

    /// <summary>The conditions that may not hold and that no other one implies, as words; empty if there are none.</summary>
    public string Words
    {
        get
        {
            var told = Conditions.ToList();
            for (var i = told.Count - 1; i >= 0; i--)
                if (told[i].Given(told.Where((_, other) => other != i)) == true) told.RemoveAt(i);
            return told.Count == 1 ? told[0].ToString() : string.Join(" and ", told.Select(Truth.Nested));
        }
    }

    /// <summary>This path where one thing more holds.</summary>
    /// <param name="isGuard">The other side goes nowhere.</param>
    public CodePath And(Truth fact, bool isGuard = false)
    {
        var path = this;
        foreach (var part in fact.Parts)
            if (path._length < MaxLength && path.Decides(part) != true)
                path = new(path, part, path._length + 1, isGuard || part.Given([Truth.Training]) == true);
        return path;
    }

    /// <summary>Whether a condition holds here; null if nothing tells.</summary>
    public bool? Decides(Truth condition) => _before is null ? null : condition.Given(Facts);

    /// <summary>Whether two things can both happen.</summary>
    public bool CanMeet(CodePath other)
    {
        if (ReferenceEquals(this, other)) return true;
        foreach (var fact in other.Since(this))
            if (Decides(fact) == false) return false;
        return true;
    }

    /// <summary>What happens on the other path has surely happened, or will, where this one is taken.</summary>
    public bool Implies(CodePath other)
    {
        if (other.IsAlways || ReferenceEquals(this, other)) return true;
        for (var path = other; path._before is not null; path = path._before)
            if (!path._isGuard && Decides(path._fact) != true) return false;
        return true;
    }

    /// <summary>The conditions that came since an earlier path, the last one first.</summary>
    public IEnumerable<Truth> Since(CodePath earlier)
    {
        for (var path = this; path._before is not null && !ReferenceEquals(path, earlier); path = path._before) yield return path._fact;
    }

    /// <summary>Whether nothing that came since an earlier path makes what follows conditional.</summary>
    public bool IsGuardedSince(CodePath earlier)
    {
        for (var path = this; path._before is not null && !ReferenceEquals(path, earlier); path = path._before)
            if (!path._isGuard) return false;
        return true;
    }

    /// <summary>This path where all that came between two others holds.</summary>
    public CodePath Follow(CodePath end, CodePath start)
    {
        if (ReferenceEquals(end, start) || end._before is null) return this;
        return Follow(end._before, start).And(end._fact, end._isGuard);
    }

    /// <summary>This path and another.</summary>
    public CodePath And(CodePath other) => other._before is null ? this : _before is null ? other : Follow(other, Always);

    /// <summary>The same as one condition; null if there is none, or too many.</summary>
    public Truth? Beyond(CodePath earlier)
    {
        Truth? all = null;
        foreach (var fact in Since(earlier))
            if ((all = all is null ? fact : all.And(fact)) is null) return null;
        return all;
    }

    /// <summary>One of the paths on which all of these happen; null if they do not lie on one, because no condition joins them.</summary>
    public static CodePath? Of(params IReadOnlyList<CodePath> paths)
    {
        var longest = paths[0];
        foreach (var path in paths)
            if (path.Implies(longest)) longest = path;
        foreach (var path in paths)
            if (!longest.Implies(path)) return null;
        return longest;
    }

    public bool IsSame(CodePath other) =>
        ReferenceEquals(this, other)
        || _length == other._length && Facts.All(f => other.Decides(f) == true) && other.Facts.All(f => Decides(f) == true);

    public override string ToString() => string.Join(" and ", Facts.Reverse());
}

/// <summary>What one value is on each side of a condition.</summary>
internal sealed record Alternatives(Truth Condition, Value Then, Value Otherwise)
{
    /// <summary>How many there are, those of alternatives counted too; kept small.</summary>
    public int Count { get; } = Math.Min(1000, (Then.Alternatives?.Count ?? 1) + (Otherwise.Alternatives?.Count ?? 1));
}

/// <summary>What is open while something happens, until the block ends that opened it.</summary>
/// <param name="StopsGradients">no_grad or inference_mode.</param>
/// <param name="GradientsIf">set_grad_enabled of a value nobody knows: gradients are recorded where it holds.</param>
/// <param name="Scope">The innermost dispose scope.</param>
internal sealed record Open(bool StopsGradients, Truth? GradientsIf, object? Scope)
{
    public static readonly Open Nothing = new(false, null, null);

    /// <summary>The innermost loop around that scope: in each turn of it and of those around it, it is opened again.</summary>
    public Loop? ScopeIn { get; init; }
}

/// <summary>When something happens.</summary>
/// <param name="Path">The conditions under which it happens.</param>
/// <param name="Loop">The innermost loop around it, through calls.</param>
/// <param name="Open">What was opened and not yet closed.</param>
internal sealed record Moment(CodePath Path, Loop? Loop, Open Open)
{
    public static readonly Moment Start = new(CodePath.Always, null, Open.Nothing);

    /// <summary>No gradients are recorded.</summary>
    public bool StopsGradients => Open.StopsGradients || Open.GradientsIf is { } enabled && Path.Decides(enabled) == false;

    /// <summary>Only reached when the network predicts: where it does not train, or under no_grad.</summary>
    public bool IsPrediction => StopsGradients || Path.Decides(Truth.Training) == false;
}
