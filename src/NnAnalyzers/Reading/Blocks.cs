using Microsoft.CodeAnalysis;
using NnAnalyzers.Graph;
using NnAnalyzers.Shapes;

namespace NnAnalyzers.Reading;

/// <summary>
/// The modules of the user's that were read, with what they were made with and given. One that is made and given the same, but for what
/// the sizes in it are called, does the same and is not read again: networks are built of blocks, and families of networks share them.
/// </summary>
internal sealed class Blocks(Budget budget)
{
    public Budget Budget => budget;

    /// <summary>Uses of one class that are kept; each new one is compared with all of them.</summary>
    private const int MaxBlocks = 64;

    private readonly Dictionary<IMethodSymbol, List<Block>> _blocks = new(SymbolEqualityComparer.Default);

    private readonly Dictionary<SyntaxNode, IMethodSymbol?> _meant = [];

    /// <summary>What a call that does not compile is taken for, worked out once.</summary>
    public IMethodSymbol? Meant(SyntaxNode call, Func<IMethodSymbol?> find) =>
        _meant.TryGetValue(call, out var known) ? known : _meant[call] = find();

    public void Add(Block block)
    {
        if (!_blocks.TryGetValue(block.Method, out var list)) _blocks[block.Method] = list = [];
        if (list.Count < MaxBlocks) list.Add(block);
    }

    /// <summary>A block like a module that is about to be read, and what its sizes are called here.</summary>
    /// <param name="isFresh">Whether the module is as its constructor leaves it.</param>
    public (Block Block, Renaming Names)? Find(Layer module, IMethodSymbol method, IReadOnlyList<Value> given, bool isFresh, Moment now)
    {
        if (!_blocks.TryGetValue(method, out var known)) return null;
        // To ask for a shape may mean to read more blocks.
        for (var i = 0; i < known.Count; i++)
            if (known[i] is var block && (isFresh || ReferenceEquals(block.Step.Layer, module))
                && block.Step.When.StopsGradients == now.StopsGradients && block.Step.When.Path.IsSame(now.Path)
                && block.NamesFor(module, given) is { } names) return (block, names);
        return null;
    }
}

/// <summary>One module that was read.</summary>
/// <param name="method">The method that was called, as the call names it.</param>
/// <param name="given">What it was given, with the shapes of its tensors as they were <paramref name="before"/> it was read: a layer inside
/// may say more about them.</param>
internal sealed class Block(IMethodSymbol method, Step step, IReadOnlyList<Value> given, IReadOnlyList<Shape> before)
{
    private readonly IReadOnlyList<Step?> _roots = given.Select(v => v is Step s ? Reader.RootOf(s) : null).ToList();
    private readonly IReadOnlyList<Shape> _after = ShapesOf(given);

    public IMethodSymbol Method => method;
    public Step Step => step;

    /// <summary>What is known of a tensor it was given since it was read; null if no more than before.</summary>
    public Shape? Says(int index) => _after[index] is { Dims.Length: > 0 } shape && !before[index].HasRank ? shape : null;

    public static IReadOnlyList<Shape> ShapesOf(IReadOnlyList<Value> values) =>
        values.Select(v => v is Step s ? s.Shape : Shape.Unknown).ToList();

    /// <summary>Null if the other module is made or given anything else.</summary>
    public Renaming? NamesFor(Layer other, IReadOnlyList<Value> values)
    {
        var own = step.Layer!;
        if (values.Count != given.Count || own.Arguments.Count != other.Arguments.Count
            || !SymbolEqualityComparer.Default.Equals(own.Type, other.Type)
            || !SymbolEqualityComparer.Default.Equals(own.Constructor, other.Constructor)) return null;
        foreach (var argument in own.Arguments)
            if (argument.Value is Constant { Raw: var raw }
                && !(other.Arguments.ValueOf(argument.Name) is Constant { Raw: var its } && Equals(raw, its))) return null;
        var names = new Renaming();
        for (var i = 0; i < values.Count; i++)
            if (given[i] is Step was
                ? values[i] is not Step now || was.Range != now.Range || was.MayBeNull != now.MayBeNull || !names.Fit(before[i], now.Shape)
                || !names.FitRoot(_roots[i]!, Reader.RootOf(now))
                : !names.Fit(given[i], values[i])) return null;
        foreach (var argument in own.Arguments)
            if (!other.Arguments.TryGetValue(argument.Name, out var its) || !names.Fit(argument.Value, its.Value)) return null;
        return names;
    }
}

/// <summary>Which symbol of one reading stands for which of another that starts from the same values.</summary>
internal sealed class Renaming
{
    private readonly Dictionary<object, object> _symbols = [];
    private readonly Dictionary<Step, Step> _roots = [];
    private bool _isOpen;

    public bool Fit(Value a, Value b)
    {
        switch (a, b)
        {
            case (Constant x, Constant y): return Equals(x.Raw, y.Raw);
            case (Size x, Size y): return x.First == y.First && x.Dim.IsLike(y.Dim, _symbols);
            // Not known is read alike, but need not be the same.
            case (Unknown, Unknown): return _isOpen = true;
            case (Function { Body: null, Receiver: null } x, Function { Body: null, Receiver: null } y):
                return SymbolEqualityComparer.Default.Equals(x.Method, y.Method);
            case (Items x, Items y) when x.Elements.Length == y.Elements.Length && x.IsComplete == y.IsComplete && x.Repeats == y.Repeats:
                for (var i = 0; i < x.Elements.Length; i++)
                    if (!Fit(x.Elements[i], y.Elements[i])) return false;
                return true;
            // What is in a list may change.
            default: return ReferenceEquals(a, b) && a is not (Collection or Items or Step);
        }
    }

    public bool Fit(Shape a, Shape b)
    {
        if (a.HasRank != b.HasRank || a.Dims.Length != b.Dims.Length) return false;
        for (var i = 0; i < a.Dims.Length; i++)
            if (a.Dims[i].IsKnown ? !a.Dims[i].IsLike(b.Dims[i], _symbols) : b.Dims[i].IsKnown) return false;
        return true;
    }

    /// <summary>Two tensors whose unknown axes are called after them.</summary>
    public bool FitRoot(Step a, Step b)
    {
        if (_roots.TryGetValue(a, out var known)) return known == b;
        if (_roots.ContainsValue(b)) return false;
        _roots[a] = b;
        return true;
    }

    /// <summary>A shape of the one reading as it is called in the other.</summary>
    public Shape In(Shape shape) => shape.Replace(symbol =>
        _symbols.TryGetValue(symbol, out var name) ? Dim.Named(name)
        : symbol is Axis { Tensor: Step tensor } axis && _roots.TryGetValue(tensor, out var root) ? Reader.AxisOf(root, axis.Index)
        : _isOpen && symbol is Axis or Symbol ? Dim.Named(_symbols[symbol] = new Symbol(symbol.ToString()!)) : null);
}
