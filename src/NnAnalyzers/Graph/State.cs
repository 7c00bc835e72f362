using Microsoft.CodeAnalysis;

namespace NnAnalyzers.Graph;

/// <summary>
/// What every variable, field and list holds at one moment. A branch is tried inside <see cref="Begin"/> and <see cref="End"/>,
/// which takes back what it changed and hands it over for merging; so a branch costs what it changes, not what there is.
/// </summary>
internal sealed class State
{
    /// <summary>The member under which a collection keeps what is in it.</summary>
    public static readonly object Contents = new();

    /// <summary>Owner of what is static.</summary>
    public static readonly Owner Shared = new Constant(null);

    private readonly Dictionary<(Owner Owner, object Member), Value> _values;
    private readonly Stack<Dictionary<(Owner Owner, object Member), Value?>> _open = new();

    /// <summary>What objects held before, with the time at which it ended: for questions that are asked later.</summary>
    private readonly Dictionary<(Owner Owner, object Member), List<(int Until, Value? Value)>> _past;
    private readonly Snapshot? _start;
    private int _time;

    public State() => (_values, _past) = (new(SlotComparer.Instance), new(SlotComparer.Instance));

    private State(State other) => (_values, _past) = (new(other._values, SlotComparer.Instance), new(SlotComparer.Instance));

    private State(Snapshot start) : this() => _start = start;

    /// <summary>What is held now, to go on from; there must be no open branch.</summary>
    public State Copy() => new(this);

    /// <summary>This moment, to ask about later.</summary>
    public Snapshot Now => new(this, _time);

    /// <summary>What objects held at one moment. Variables of methods are not kept.</summary>
    public readonly struct Snapshot(State state, int time)
    {
        /// <summary>A state that starts from here and changes nothing of what was read.</summary>
        public State Open() => new(this);

        public Value? Get((Owner Owner, object Member) slot)
        {
            if (state._past.TryGetValue(slot, out var past) && past[past.Count - 1].Until >= time)
            {
                var (low, high) = (0, past.Count - 1);
                while (low < high)
                    if (past[(low + high) / 2] is var middle && middle.Until >= time) high = (low + high) / 2;
                    else low = (low + high) / 2 + 1;
                return past[low].Value;
            }
            return state._values.TryGetValue(slot, out var now) ? now : state._start?.Get(slot);
        }
    }

    /// <summary>Grows with all that objects get to hold.</summary>
    public int Time => _time;

    /// <summary>Whether an object was given something to hold since then.</summary>
    public bool IsSetSince(Owner owner, object member, int time) =>
        _past.TryGetValue((owner, member), out var past) && past[past.Count - 1].Until >= time;

    public Value? Get(Owner owner, object member) => Get((owner, member));

    private Value? Get((Owner Owner, object Member) slot) => _values.TryGetValue(slot, out var value) ? value : _start?.Get(slot);

    public void Set(Owner owner, object member, Value value) => Set((owner, member), value);

    private void Set((Owner Owner, object Member) slot, Value value)
    {
        var old = Get(slot);
        if (_open.Count > 0 && _open.Peek() is var changed && !changed.ContainsKey(slot)) changed.Add(slot, old);
        Pass(slot, old);
        _values[slot] = value;
    }

    private void Pass((Owner Owner, object Member) slot, Value? old)
    {
        if (slot.Owner.IsShortLived) return;
        if (!_past.TryGetValue(slot, out var past)) _past[slot] = past = [];
        past.Add((_time++, old));
    }

    public void Begin() => _open.Push(new(SlotComparer.Instance));

    /// <summary>Ends the branch and takes its changes back.</summary>
    public Dictionary<(Owner Owner, object Member), Value> End()
    {
        var changed = _open.Pop();
        var result = new Dictionary<(Owner, object), Value>(changed.Count, SlotComparer.Instance);
        foreach (var pair in changed)
        {
            result.Add(pair.Key, _values[pair.Key]);
            Pass(pair.Key, _values[pair.Key]);
            if (pair.Value is null) _values.Remove(pair.Key); else _values[pair.Key] = pair.Value;
        }
        return result;
    }

    public void Apply(Dictionary<(Owner Owner, object Member), Value> changes)
    {
        foreach (var pair in changes) Set(pair.Key, pair.Value);
    }

    /// <summary>One of two branches was taken.</summary>
    /// <param name="mayBeMissing">What a branch does not set, and was not set before, is null there.</param>
    public void Merge(Dictionary<(Owner Owner, object Member), Value> first, Dictionary<(Owner Owner, object Member), Value> second,
        Func<Value, Value, Value> either, Func<Owner, object, bool> mayBeMissing)
    {
        foreach (var pair in first) Merge(pair.Key, pair.Value, second.TryGetValue(pair.Key, out var other) ? other : null);
        foreach (var pair in second)
            if (!first.ContainsKey(pair.Key)) Merge(pair.Key, null, pair.Value);

        void Merge((Owner Owner, object Member) slot, Value? a, Value? b)
        {
            var before = a is null || b is null
                ? Get(slot) is { } old ? old : mayBeMissing(slot.Owner, slot.Member) ? new Constant(null) : null : null;
            (a, b) = (a ?? before, b ?? before);
            Set(slot, a is null ? b! : b is null ? a : either(a, b));
        }
    }

    /// <summary>Owners are told apart by identity, members by their original definition.</summary>
    private sealed class SlotComparer : IEqualityComparer<(Owner Owner, object Member)>
    {
        public static readonly SlotComparer Instance = new();

        public bool Equals((Owner Owner, object Member) x, (Owner Owner, object Member) y) =>
            ReferenceEquals(x.Owner, y.Owner) && (ReferenceEquals(x.Member, y.Member)
                || x.Member is ISymbol a && y.Member is ISymbol b && SymbolEqualityComparer.Default.Equals(a, b)
                || x.Member is string s && y.Member is string t && s == t);

        public int GetHashCode((Owner Owner, object Member) slot) => slot.Owner.Hash
            + (slot.Member switch { ISymbol { Name: { Length: > 0 } name } => name[0] * 31 + name[name.Length - 1] + name.Length * 997,
            string { Length: > 0 } key => key.Length, _ => 0 });
    }
}
