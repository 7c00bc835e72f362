using Microsoft.CodeAnalysis;
using NnAnalyzers.Graph;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Projects;

/// <summary>A place where training code makes a network, or applies it.</summary>
/// <param name="Made">The arguments of its constructor.</param>
/// <param name="Inputs">The shapes of the tensors it is applied to, by the place of the parameter; empty where it is made.</param>
internal sealed record NetworkUse(Arguments Made, IReadOnlyList<Shape?> Inputs)
{
    public Shape? Input => Inputs.FirstOrDefault(i => i is not null);

    /// <summary>The step that applies it.</summary>
    public Step? Applied { get; init; }
}

/// <summary>How training code uses the module classes of a project, and on what all uses of one agree.</summary>
internal sealed class NetworkUses
{
    private readonly Dictionary<INamedTypeSymbol, List<NetworkUse>> _uses = new(SymbolEqualityComparer.Default);

    public IReadOnlyList<NetworkUse> Of(INamedTypeSymbol type) => _uses.TryGetValue(type.OriginalDefinition, out var list) ? list : [];

    /// <summary>More ways to make one class are not told apart.</summary>
    private const int MaxWays = 4;

    /// <summary>The arguments of a constructor as they can be told apart; null where not all of them are constants.</summary>
    public static string? Way(Arguments made) => made.All(a => a.Value is Constant)
        ? string.Join(", ", made.Select(a => FormattableString.Invariant($"{((Constant)a.Value).Raw}"))) : null;

    /// <summary>The uses of a class by the way it is made, where there are several and few; empty for any other.</summary>
    public IReadOnlyDictionary<string, List<NetworkUse>> Ways(INamedTypeSymbol type) =>
        _ways.TryGetValue(type.OriginalDefinition, out var ways) && ways.Count is > 1 and <= MaxWays ? ways : None;

    private static readonly Dictionary<string, List<NetworkUse>> None = [];
    private readonly Dictionary<INamedTypeSymbol, Dictionary<string, List<NetworkUse>>> _ways = new(SymbolEqualityComparer.Default);

    public void Add(INamedTypeSymbol type, NetworkUse use)
    {
        if (!_uses.TryGetValue(type.OriginalDefinition, out var list)) _uses[type.OriginalDefinition] = list = [];
        list.Add(use);
        if (!_ways.TryGetValue(type.OriginalDefinition, out var ways))
            _ways[type.OriginalDefinition] = ways = new(StringComparer.Ordinal);
        if (ways.Count > MaxWays || Way(use.Made) is not { } way) return;
        if (ways.TryGetValue(way, out var same)) same.Add(use);
        else ways[way] = [use];
    }

    private readonly HashSet<(INamedTypeSymbol Type, ISymbol Member)> _replaced = [];

    /// <summary>What a site puts other layers into, from outside.</summary>
    public void AddReplaced(IEnumerable<(INamedTypeSymbol Type, ISymbol Member)> members) => _replaced.UnionWith(members);

    /// <summary>
    /// The layers that training code has put into members of a class whenever it applies a network of it; ones of which nothing is known
    /// where it sometimes applies others.
    /// </summary>
    public IEnumerable<(ISymbol Member, Layer Layer, State.Snapshot Then)> Replacements(INamedTypeSymbol type,
        IReadOnlyList<NetworkUse> uses)
    {
        var applied = uses.Select(u => u.Applied).OfType<Step>().ToList();
        if (applied.Count == 0) yield break;
        foreach (var (_, member) in _replaced.Where(r => SymbolEqualityComparer.Default.Equals(r.Type, type.OriginalDefinition)))
        {
            var layers = applied.Select(a => a.Before.Get((a.Layer!, member)) as Layer).ToList();
            var isAgreed = layers[0] is { } first && layers.All(l => l == first
                || l?.Signature == first.Signature && l.Op == first.Op && l.In.IsKnown && !l.IsUserModule);
            yield return (member, isAgreed ? layers[0]! : new Layer(Catalog.Opaque("Module"), null) { Name = member.Name },
                applied[0].Before);
        }
    }

    /// <summary>The constructor's arguments that are the same constants everywhere; null where it is used nowhere.</summary>
    public static Arguments? AgreedArguments(IReadOnlyList<NetworkUse> uses)
    {
        var all = uses.Select(u => u.Made).ToList();
        return all.Count == 0 ? null : new(all[0].Where(a =>
            a.Value is Constant { Raw: var raw } && all.All(o => o.ValueOf(a.Name) is Constant c && Equals(c.Raw, raw))).ToArray());
    }

    /// <summary>The shape of the input, where all agree on everything but the batch.</summary>
    public static Shape? AgreedInput(IReadOnlyList<NetworkUse> uses) => Agreed(uses.Select(u => u.Input).OfType<Shape>().ToList());

    /// <summary>The shape that all of these have but for the first axis; null if there is none.</summary>
    public static Shape? Agreed(IReadOnlyList<Shape> shapes) =>
        shapes.Count > 0 && shapes.All(s => s.Rank == shapes[0].Rank && s.Rank > 0 && s.Dims.Skip(1).All(d => d.Size is not null)
            && s.Dims.Skip(1).SequenceEqual(shapes[0].Dims.Skip(1))) ? shapes[0] : null;
}
