using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Reading;

/// <summary>The part of .NET that networks are put together with: lists, LINQ and arithmetic.</summary>
internal sealed partial class Reader
{
    /// <summary>A method of a list, an array or LINQ; null for one that is not read.</summary>
    private Value? Listed(Items items, Collection? collection, IMethodSymbol method, Arguments arguments, IOperation call, Frame frame)
    {
        // LINQ's first argument is the list itself.
        var given =
            arguments.Values.Skip(method.IsExtensionMethod && method.Parameters.Length == method.OriginalDefinition.Parameters.Length
            && method.IsStatic ? 1 : 0).ToList();
        var function = given.OfType<Function>().FirstOrDefault();
        Value Each(Function f, Value element, int index) =>
            CallFunction(f, [new("", element, call), new("", new Constant((long)index), call)], call, frame);
        var elements = items.Elements;
        switch (method.Name)
        {
            case "Add" or "Append" or "Enqueue" or "Push" or "Prepend" when given.Count >= 1:
                var added = given.Count == 2 ? new Items(given) : given[0];
                if (method.Name is "Append" or "Prepend")
                    return items.With(method.Name == "Append" ? elements.Add(added) : elements.Insert(0, added));
                if (collection is not null) Repeats(collection, added, call);
                if (collection is not null) Change(collection, now => now.With(now.Elements.Add(added)));
                if (collection is not null && added is Step) Happens(EventKind.Collect, collection, call, Given("item", added, call));
                return new Constant(null);
            case "AddRange" when collection is not null:
                Change(collection,
                    now => Held(given.FirstOrDefault()) is { } more
                    ? new Items(now.Elements.AddRange(more.Elements)) { IsComplete = now.IsComplete && more.IsComplete,
                    Repeats = now.Repeats || more.Repeats } : new Items(now.Elements) { IsComplete = false });
                return new Constant(null);
            case "Insert" when collection is not null && given is [Constant { Integer: >= 0 and var at }, var inserted]
                && at <= elements.Length:
                Change(collection, now => now.With(now.Elements.Insert((int)at, inserted)));
                return new Constant(null);
            case "Clear" when collection is not null:
                Change(collection, _ => Items.Empty);
                return new Constant(null);
            case "RemoveAt" when collection is not null && given is [Constant { Integer: >= 0 and var gone }] && gone < elements.Length:
                Change(collection, now => now.With(now.Elements.RemoveAt((int)gone)));
                return new Constant(null);
            case "Insert" or "Remove" or "RemoveAt" or "RemoveRange" or "Sort" when collection is not null:
                Change(collection, now => new Items(now.Elements) { IsComplete = false, Repeats = now.Repeats });
                return new Constant(null);
            case "GetLength" when collection?.Extents is { } extents && given is [Constant { Integer: >= 0 and var axis }]
                && axis < extents.Count && extents[(int)axis].IsKnown:
                return Number(extents[(int)axis], "a length");
            case "ToArray" or "ToList" or "ToHashSet": return Hold(items, collection?.Name ?? "list");
            case "OrderByDescending" or "ThenBy" or "ThenByDescending" or "Order" or "Shuffle" or "Take" or "Skip" or "TakeLast"
                or "SkipLast" or "TakeWhile" or "SkipWhile" or "Distinct" or "GetRange" when items.Repeats: return items;
            case "Chunk": return new Items([Hold(new Items(elements) { Repeats = true, IsComplete = false })])
                { Repeats = true, IsComplete = false };
            case "AsEnumerable" or "AsReadOnly" or "Cast" or "AsSpan" or "OrderBy" or "ToDictionary" or "AsParallel":
                return collection ?? (Value)items;
            case "OfType" when method.TypeArguments is [var type]:
                return items.With(elements.Where(e => Holds(Narrow(e, type).Matches) != false));
            case "Reverse" when method.ReturnsVoid && collection is not null: Change(collection, now => now.With(now.Elements.Reverse()));
                return new Constant(null);
            case "Reverse": return items.With(elements.Reverse());
            case "First" or "FirstOrDefault" when elements.Length > 0 && function is null: return elements[0];
            case "Last" or "LastOrDefault" when elements.Length > 0 && items.IsComplete && function is null:
                return elements[elements.Length - 1];
            case "Skip" when given.FirstOrDefault() is Constant { Integer: { } skipped }:
                return items.With(items.Repeats ? elements : elements.Skip((int)skipped));
            case "Take" when given.FirstOrDefault() is Constant { Integer: { } taken }: return items.With(elements.Take((int)taken));
            case "SkipLast" when given.FirstOrDefault() is Constant { Integer: { } cut } && !items.Repeats:
                return items.With(elements.Take(Math.Max(0, elements.Length - (int)cut)));
            case "Concat" or "Union" when Held(given.FirstOrDefault()) is { } second:
                return new Items(elements.AddRange(second.Elements)) { IsComplete = items.IsComplete && second.IsComplete,
                    Repeats = items.Repeats || second.Repeats };
            case "Zip" when given.Count - given.Count(v => v is Function) == 1 && ContentsOf(given[0]) is { } other:
                return items.With(elements.Zip(other.Elements, (a, b) => function is null ? new Items([a, b])
                    : CallFunction(function, [new("", a, call), new("", b, call)], call, frame)).ToList());
            case "Select" or "ConvertAll" when function is not null:
                return items.With(elements.Take(MaxUnroll).Select((e, i) => Each(function, e, i)).ToList());
            case "SelectMany" when function is not null:
                // from a in all from b in a.Parts select f(a, b)
                var select = given.OfType<Function>().Skip(1).FirstOrDefault();
                return items.With(elements.Take(MaxUnroll)
                    .SelectMany((e, i) => (Each(function, e, i) is var several && ContentsOf(several) is { } inner ? inner.Elements
                    : ImmutableArray.Create(several)).Select(part => select is null ? part
                    : CallFunction(select, [new("", e, call), new("", part, call)], call, frame))).ToList());
            case "ForEach" when function is not null:
                foreach (var (element, index) in elements.Take(MaxUnroll).Select((e, i) => (e, i))) Each(function, element, index);
                return new Constant(null);
            case "Where" when function is not null:
                var kept = elements.Take(MaxUnroll).Select((e, i) => (Element: e, Test: Each(function, e, i)))
                    .Where(p => p.Test is not Constant { Raw: false }).ToList();
                return new Items(kept.Select(p => p.Element))
                    { IsComplete = items.IsComplete && kept.All(p => p.Test is Constant { Raw: true }), Repeats = items.Repeats };
            case "Aggregate" when function is not null && given.Count == 2 && !items.Repeats:
                return elements.Take(MaxUnroll).Aggregate(given[0],
                    (sum, e) => CallFunction(function, [new("", sum, call), new("", e, call)], call, frame));
            case "Count" or "LongCount" when given.Count == 0:
                return items is { IsComplete: true, Repeats: false } ? new Constant((long)elements.Length)
                    : new Size(Dim.Named(new Symbol("count")));
            case "Any" when given.Count == 0: return items.IsComplete || elements.Length > 0 ? new Constant(elements.Length > 0) : null;
            case "Sum" when given.Count == 0 && items is { IsComplete: true, Repeats: false } && elements.All(e => e.Dim.IsKnown):
                return Number(elements.Aggregate(Dim.Of(0), (sum, e) => sum + e.Dim), "a sum");
            case "Max" or "Min" when given.Count == 0 && items.IsComplete && elements.Length > 0
                && elements.All(e => e is Constant { Integer: not null }):
                return new Constant(method.Name == "Max" ? elements.Max(e => ((Constant)e).Integer!.Value)
                    : elements.Min(e => ((Constant)e).Integer!.Value));
            case "Contains"
                or "ContainsKey" when given is [Constant { Raw: string key }]
                && elements.All(e => e is Items { Elements: [Constant { Raw: string }, _] }) && items.IsComplete:
                    return new Constant(items.Under(key) is not null);
            default: return null;
        }
    }

    /// <summary>What LINQ takes from <c>x.shape</c>.</summary>
    private Value? Listed(ShapeOf shape, IMethodSymbol method) => method.Name switch
    {
        "First" => new Size(AxisOf(shape.Tensor, 0)),
        "Last" => new Size(AxisOf(shape.Tensor, -1)),
        "ToArray" or "ToList" => shape,
        _ => null,
    };

    /// <summary>Arithmetic of .NET on numbers that are known.</summary>
    private Value? Compute(IMethodSymbol method, IReadOnlyList<Value> arguments)
    {
        var type = method.ContainingType?.Name;
        if (type == "Enumerable" && method.Name == "Range" && arguments is [Constant { Integer: { } start }, _])
            return arguments[1] is Constant { Integer: >= 0 and <= MaxUnroll and var count }
                ? new Items(Enumerable.Range(0, (int)count).Select(i => (Value)new Constant(start + i)))
                : new Items([new Size(Dim.Named(new Symbol("i"))) { First = start }]) { Repeats = true, IsComplete = false,
                Count = arguments[1].Dim };
        if (type == "Enumerable" && method.Name == "Repeat" && arguments.Count == 2)
            return arguments[1] is Constant { Integer: >= 0 and <= MaxUnroll and var times }
                ? new Items(Enumerable.Repeat(arguments[0], (int)times))
                : new Items([arguments[0]]) { Repeats = true, IsComplete = false, Count = arguments[1].Dim };
        if (type is "Array" or "Enumerable" && method.Name == "Empty") return Items.Empty;
        if (type == "Path" && method.Name is "Combine" or "Join")
            return Joined(arguments.SelectMany((a, i) => i == 0 ? [a] : new[] { new Constant("/"), a }));
        if (type == "Convert" && arguments is [Size or Constant { Integer: not null }]) return arguments[0];
        if (type is not ("Math" or "MathF" or "BigInteger" or "Convert" or "Int32" or "Int64")) return null;
        var numbers = arguments.Select(a => (a as Constant)?.Number).ToList();
        if (numbers.Any(n => n is null) || numbers.Count is 0 or > 2) return null;
        var (x, y) = (numbers[0]!.Value, numbers.Count > 1 ? numbers[1]!.Value : 0);
        var whole = arguments.All(a => a is Constant { Integer: not null });
        double? result = (method.Name, numbers.Count) switch
        {
            ("Max", 2) => Math.Max(x, y), ("Min", 2) => Math.Min(x, y), ("Pow", 2) => Math.Pow(x, y), ("Abs", 1) => Math.Abs(x),
                ("Sqrt", 1) => Math.Sqrt(x), ("Floor", 1) => Math.Floor(x), ("Ceiling", 1) => Math.Ceiling(x),
            ("Round", 1) => Math.Round(x), ("Log", 1) => Math.Log(x), ("Log2", 1) => Math.Log(x, 2), ("Exp", 1) => Math.Exp(x),
            ("GreatestCommonDivisor", 2) => Dim.GreatestCommonDivisor((long)x, (long)y), ("ToInt32" or "ToInt64", 1) => Math.Round(x),
                _ => null,
        };
        return result is not { } number ? null
            : whole && method.Name is "Max" or "Min" or "Abs" || method.Name is "GreatestCommonDivisor" or "ToInt32" or "ToInt64"
            ? new Constant((long)number) : new Constant(number);
    }

    /// <summary>A list that is empty in the first turn of a loop is there to be filled.</summary>
    private bool IsToBeFilled(Value list, Items contents) =>
        !insideNetwork && contents.Elements.Length == 0 && list is Collection { Extents: null } && TurningSince(list) is not null;

    // ---- Elements.

    private Value MakeArray(IArrayCreationOperation array, Frame frame)
    {
        var extents = All(array.DimensionSizes, frame).Select(e => e.Dim).ToList();
        if (array.Initializer is { } initializer)
        {
            // The elements of { { 1, 2 }, { 3, 4 } } are read one after the other, as they lie in memory.
            var leaves = new List<IOperation>();
            Flatten(initializer, leaves);
            var written = leaves.Count > Budget.Elements ? new Items([]) { IsComplete = !Limited() } : new Items(All(leaves, frame));
            Repeats(written, array);
            return Hold(written, "array", extents);
        }
        return Hold(extents is [{ Size: >= 0 and <= MaxUnroll and var n }] ? new Items(Enumerable.Repeat<Value>(new Constant(null), (int)n))
            : new Items([]) { IsComplete = false }, "array", extents);

        static void Flatten(IArrayInitializerOperation initializer, List<IOperation> leaves)
        {
            foreach (var element in initializer.ElementValues)
                if (leaves.Count > Budget.Elements) return;
                else if (element is IArrayInitializerOperation row) Flatten(row, leaves);
                else leaves.Add(element);
        }
    }

    private Value Element(Value collection, IReadOnlyList<Value> indices, IOperation operation)
    {
        if (collection is ShapeOf shape && indices is [Constant { Integer: { } axis }]) return new Size(AxisOf(shape.Tensor, axis));
        if (collection is Step tensor)
            return torch.IsTensor(operation.Type) ? Index(tensor, indices, operation) : new Unknown("an element of a tensor");
        if (ContentsOf(collection) is { } items)
        {
            switch (indices)
            {
                case [Constant { Integer: { } n }] when !items.Repeats && (n < 0 ? n + items.Elements.Length : n) is >= 0 and var at
                    && at < items.Elements.Length && (n >= 0 || items.IsComplete):
                    return items.Elements[(int)at];
                case [Constant { Integer: { } n }] when items.Repeats && collection is Collection held && IsWhole(operation.Type):
                    // The same element of the same array is the same number.
                    return _state.Get(held, "[" + n + "]")
                        ?? Remembered(held, "[" + n + "]", new Size(Dim.Named(new Symbol($"{held.Name}[{n}]"))));
                case [Pick { IndexKind: IndexKind.Slice }] when items.Repeats: return items;
                case [Constant { Raw: string or null } key] when items.Under(key.Raw) is { } value:
                    return value;
            }
            // Any element of a list of layers or tensors: one of them, as good as another for its kind.
            var candidates =
                items.Elements.Select(e => e is Items { Elements: [Constant { Raw: string }, var value] } ? value : e).ToList();
            if (candidates.Count > 0 && candidates.All(c => c is Layer)) return candidates.Aggregate((a, b) => Either(null, a, b));
            if (candidates.Count > 0 && candidates.All(c => c is Step)) return candidates.Aggregate((a, b) => Either(null, a, b));
            if (candidates.Count > 0 && candidates.All(c => c.Origin is not null || c.Range is not null && c is not Constant))
                return OneOf(candidates);
            if (IsWhole(operation.Type)) return new Size(Dim.Named(new Symbol($"{(collection as Collection)?.Name}[i]")));
        }
        if (IsWhole(operation.Type)) return new Size(Dim.Named(new Symbol("n")));
        return torch.IsTensor(operation.Type) ? Unread("an element of something not read", operation, [collection])
            : torch.IsModule(operation.Type) || torch.IsUserModule(operation.Type) ? Anything(operation.Type, "element")
            : new Unknown("an element of something not read");
    }

    private Value Remembered(Value owner, string key, Value value)
    {
        _state.Set(owner, key, value);
        return value;
    }

    /// <summary>Any number of something.</summary>
    private Value Several(ITypeSymbol element, string name)
    {
        if (!torch.IsTensor(element) && !torch.IsModule(element) && !IsWhole(element))
            return new Unknown($"{name} comes from outside") { Name = name };
        return Hold(new Items([Anything(element, name)]) { Repeats = true, IsComplete = false }, name);
    }

    /// <summary>Puts values into an array or list of their own.</summary>
    private Collection Hold(Items items, string name = "list")
    {
        var collection = new Collection(name) { MadeIn = Now.Loop };
        _state.Set(collection, State.Contents, items);
        return collection;
    }

    private Collection Hold(Items items, string name, IReadOnlyList<Dim> extents)
    {
        var array = new Collection(name) { MadeIn = Now.Loop, Extents = extents };
        _state.Set(array, State.Contents, items);
        return array;
    }

    /// <summary>What is in a tuple, array, list or container now; null for anything else.</summary>
    public Items? ContentsOf(Value? value) => Held(value) is { } items ? Settled(items) : null;

    /// <summary>The same with what is there under a condition only.</summary>
    private Items? Held(Value? value) => value switch
    {
        Items items => items,
        Collection collection => _state.Get(collection, State.Contents) as Items ?? Items.Empty,
        Layer { Children: { } children } => Held(children),
        _ => null,
    };

    private readonly HashSet<(Collection, Layer)> _put = [];

    /// <summary>A list gets one more: a layer that it has already, or that each turn of a loop puts into it again.</summary>
    private void Repeats(Collection collection, Value added, IOperation call)
    {
        // Only what was put there before can be there.
        if (added is Layer { Creation: not null } layer && (!_put.Add((collection, layer)) && Held(collection)!.Elements.Contains(added)
            || Now.Loop is { IsUnrolled: false, Trips.Size: not 1 } loop && !Graph.Loop.From(layer.MadeWhile).Contains(loop)
            && !Graph.Loop.From(collection.MadeIn).Contains(loop))) Happens(EventKind.Repeat, added, call);
    }

    /// <summary>What is put into a container or an array at once.</summary>
    private void Repeats(Items items, IOperation creation)
    {
        var seen = new HashSet<Value>();
        foreach (var element in items.Elements)
            if (element is Layer { Creation: not null } && !seen.Add(element)) Happens(EventKind.Repeat, element, creation);
    }

    private void Change(Collection collection, Func<Items, Items> change)
    {
        var changed = change(Held(collection)!);
        // Each turn of a loop adds more.
        if (!insideNetwork && changed.Elements.Length > 0 && TurningSince(collection) is not null
            && changed.Elements.Length != Held(collection)!.Elements.Length)
            changed = new Items(changed.Elements) { Repeats = true, IsComplete = false };
        _state.Set(collection, State.Contents, changed);
    }

    /// <summary>Arguments as they stand now: lists become what is in them.</summary>
    private Arguments Freeze(Arguments arguments) =>
        arguments.With((value, _) => value is not Collection list ? value
            : ContentsOf(list)! is var held && list.Extents is null ? held
            : new Items(held.Elements) { IsComplete = held.IsComplete, Repeats = held.Repeats, Extents = list.Extents });

    /// <summary>Every tensor in the values, those in lists and tuples too.</summary>
    private List<Step> Tensors(IEnumerable<Value?> values)
    {
        var found = new List<Step>(2);
        foreach (var value in values) Gather(value, found);
        return found;
    }

    private List<Step> Tensors(Arguments arguments, Value? receiver = null)
    {
        var found = new List<Step>(2);
        Gather(receiver, found);
        foreach (var value in arguments.Written) Gather(value, found);
        return found;
    }

    private void Gather(Value? value, List<Step> found)
    {
        var left = Budget.Elements;
        Gather(value, found, ref left);
    }

    /// <summary>Lists hold lists, and the same ones again.</summary>
    private void Gather(Value? value, List<Step> found, ref int left)
    {
        if (value is Step step) found.Add((Step)Resolve(step));
        else if (value is Items or Collection)
            foreach (var element in ContentsOf(value)!.Elements)
                if (left-- > 0) Gather(element, found, ref left);
    }
}
