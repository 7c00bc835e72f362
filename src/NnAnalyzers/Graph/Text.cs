using System.Collections.Immutable;
using System.Globalization;

namespace NnAnalyzers.Graph;

/// <summary>A text of which not all is known, put together from parts: the name of a file in a folder that a user names.</summary>
internal sealed class Text : Unknown
{
    /// <summary>More parts than this are not kept apart.</summary>
    private const int MaxParts = 16;

    private readonly ImmutableArray<object> _parts;

    private Text(ImmutableArray<object> parts) : base("a text") => _parts = parts;

    /// <summary>The text that values make one after the other; a constant if all are known.</summary>
    public static Value Of(IEnumerable<Value> values)
    {
        var parts = new List<object>();
        foreach (var part in values.SelectMany(v => v switch
        {
            Text text => text._parts,
            Constant constant => [Convert.ToString(constant.Raw, CultureInfo.InvariantCulture) ?? ""],
            _ => (IEnumerable<object>)[v],
        }))
            if (part is string more && parts.LastOrDefault() is string before) parts[parts.Count - 1] = before + more;
            else if (parts.Count < MaxParts) parts.Add(part);
            else return new Unknown("a text");
        return parts is [string whole] ? new Constant(whole) : parts.Count == 0 ? new Constant("") : new Text(parts.ToImmutableArray());
    }

    /// <summary>Whether two values are surely the same text.</summary>
    public static bool AreSame(Value a, Value b) => ReferenceEquals(a, b)
        || a is Constant { Raw: string x } && b is Constant { Raw: string y } && x == y
        || a is Text one && b is Text other && one._parts.SequenceEqual(other._parts);
}
