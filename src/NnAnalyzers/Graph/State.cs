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

    public State() => _values = new(SlotComparer.Instance);

    private State(State other) => _values = new(other._values, SlotComparer.Instance);

    /// <summary>What is held now, to go on from; there must be no open branch.</summary>
    public State Copy() => new(this);

    public Value? Get(Owner owner, object member) => _values.TryGetValue((owner, member), out var value) ? value : null;

    public void Set(Owner owner, object member, Value value) => Set((owner, member), value);

    private void Set((Owner Owner, object Member) slot, Value value)
    {
        if (_open.Count > 0 && _open.Peek() is var changed && !changed.ContainsKey(slot))
            changed.Add(slot, _values.TryGetValue(slot, out var old) ? old : null);
        _values[slot] = value;
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
            var before = a is null || b is null ? _values.TryGetValue(slot, out var old) ? old : mayBeMissing(slot.Owner, slot.Member) ? new Constant(null) : null : null;
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
                || x.Member is ISymbol a && y.Member is ISymbol b && SymbolEqualityComparer.Default.Equals(a, b) || x.Member is string s && y.Member is string t && s == t);

        public int GetHashCode((Owner Owner, object Member) slot) => slot.Owner.Hash
            + (slot.Member switch { ISymbol { Name: { Length: > 0 } name } => name[0] * 31 + name[name.Length - 1] + name.Length * 997, string { Length: > 0 } key => key.Length, _ => 0 });
    }
}
