using Microsoft.CodeAnalysis;
using NnAnalyzers.Graph;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Reading;

/// <summary>Data sets and loaders: how much comes out of them, and of which shape.</summary>
internal sealed partial class Reader
{
    /// <summary>A data set that is opened, a transform that is made, or what is done with either; null for any other call.</summary>
    private Value? DataOf(IMethodSymbol method, Value? receiver, Arguments arguments, IOperation call, Frame frame)
    {
        if (DataSets.Find(method) is { } set) return Opened(set, arguments, call);
        if (DataSets.IsTransform(method))
            return new Transform(method.Name == "Compose" ? null : DataSets.OpOf(method), Freeze(arguments), call,
                method.Name == "Compose" ? arguments.Written.SelectMany(v => ContentsOf(v)?.Elements.AsEnumerable() ?? [v]).ToList() : []);
        if (receiver is Transform transform && method.Name is "call" or "forward" && arguments.First is Step picture)
            return Transformed(picture, transform, Add);
        if (DataSets.IsReader(method))
            return Add(new Step(StepKind.Operation, new Op(method.Name, Role.Source), [], call)
                { When = Now, Origin = new(OriginKind.Byte, method.Name), Range = DataSources.Bytes });
        if (torch.IsTorch(method) && method.Name == "TensorDataset") return OfTensors(Tensors(arguments));
        if (torch.IsTorch(method) && method.Name == "DataLoader" && method.ReturnType is INamedTypeSymbol type)
            return LoaderOf(type, arguments, call);
        if ((receiver ?? arguments.First) is not Samples samples) return null;
        var given = arguments.Values.LastOrDefault()?.Dim ?? Dim.Unknown;
        switch (method.Name)
        {
            case "GetTensor" when !samples.AreBatches && samples.Columns is not null: return SampleOf(samples);
            case "AsEnumerable": return samples;
            case "Take": return samples.Of(samples.Count.Size is { } n && given.Size is { } k ? Dim.Of(Math.Min(n, k)) : Dim.Unknown);
            case "Skip": return samples.Of(samples.Count.Size is { } all && given.Size is { } cut ? Dim.Of(Math.Max(0, all - cut))
                : Dim.Unknown);
            case "Count" or "LongCount" when arguments.Written.Count() == 1: return CountOf(samples);
            default:
                // LINQ sees one sample for all.
                return samples.Columns is null ? null
                    : Listed(new Items([SampleOf(samples)]) { Repeats = true, IsComplete = false, Count = samples.Count }, null, method,
                    arguments, call, frame);
        }
    }

    /// <summary><c>new DataLoader(data, 64)</c>; null for anything else.</summary>
    private Samples? LoaderOf(INamedTypeSymbol type, Arguments arguments, IOperation creation)
    {
        if (!torch.IsTorch(type) || type.Name is not ("DataLoader" or "IterableDataLoader")) return null;
        var data = arguments.First as Samples ?? (arguments.First is Instance own ? OwnData(own) : null);
        // What a function puts together is not known.
        if (data?.Columns is not null && arguments.ValueOf("collate_fn") is not null)
            data = new Samples(null, data.Count) { Type = data.Type };
        return data?.InBatches(arguments.ValueOf("batchSize")?.Dim ?? Dim.Unknown, arguments.ValueOf("drop_last") switch
        {
            null => false,
            Constant { Raw: bool drops } => drops,
            _ => null,
        }, (creation, arguments));
    }

    /// <summary>A data set of the project itself: how many samples it says it has, and what one holds.</summary>
    private Samples? OwnData(Instance data)
    {
        var types = Declarations.Ancestors(data.Type).ToList();
        if (!types.Any(t => torch.IsTorch(t) && t.Name == "Dataset")) return null;
        var own = types.Where(t => torch.IsOwn(t)).ToList();
        var counts = own.SelectMany(t => t.GetMembers("Count")).OfType<IPropertySymbol>();
        return new Samples(ColumnsOf(data, own), counts.FirstOrDefault() switch
        {
            null => Dim.Unknown,
            var held when IsAuto(held) => GetMember(data, held)?.Dim ?? Dim.Unknown,
            { GetMethod: { } getter } => Call(getter, data)?.Dim ?? Dim.Unknown,
            _ => Dim.Unknown,
        }) { Type = data.Type };
    }

    /// <summary>What <c>GetTensor</c> gives, where that is a dictionary or a list of which all is known.</summary>
    private List<Column>? ColumnsOf(Instance data, IEnumerable<INamedTypeSymbol> types)
    {
        if (types.SelectMany(t => t.GetMembers("GetTensor")).OfType<IMethodSymbol>().FirstOrDefault(m => !m.IsAbstract) is not { } method
            || Run(method, data, Arguments.None, null, null) is not { Returns: [var (value, _, _)] }
            || ContentsOf(value) is not { IsComplete: true, Repeats: false, Elements: { Length: > 0 } elements }) return null;
        var columns = elements.Select(e => e switch
        {
            Step tensor => new Column(null, tensor.Shape, tensor),
            Items { Elements: [Constant { Raw: string key }, Step tensor] } => new Column(key, tensor.Shape, tensor),
            _ => null,
        }).OfType<Column>().ToList();
        return columns.Count == elements.Length ? columns : null;
    }

    private static Samples Opened(DataSet set, Arguments arguments, IOperation call)
    {
        var given = (arguments.ValueOf("target_transform") ?? arguments.ValueOf("transform")) is var transform
            && transform is Constant { Raw: null } ? null : transform;
        var columns = new List<Column>();
        foreach (var column in set.Columns)
        {
            var tensor = new Step(StepKind.Input, new Op(column.Key, Role.Source), [], call)
                { Shape = Shape.Of(column.Sizes.Select(Dim.Of)), Range = column.Range, Origin = new(OriginKind.Picture, set.Name) };
            // Only the pictures are transformed.
            if (column.Key == "data" && given is not null) tensor = Transformed(tensor, given, s => s);
            columns.Add(new(column.Key, tensor.Shape, tensor));
        }
        return new Samples(columns, arguments.ValueOf("train") is Constant { Raw: bool isTrain }
            ? Dim.Of(isTrain ? set.Training : set.Test) : Dim.Unknown);
    }

    /// <summary>A picture with a transform done to it.</summary>
    private static Step Transformed(Step picture, Value transform, Func<Step, Step> add) => transform switch
    {
        Transform { Op: { } op, Made: var made, Arguments: var given } => add(new Step(StepKind.Operation, op, [picture], made)
            { Arguments = given, Shape = op.KeepsShape ? picture.Shape : Shape.Unknown, When = picture.When }),
        Transform { Parts: var parts } => parts.Aggregate(picture, (done, part) => Transformed(done, part, add)),
        _ => add(new Step(StepKind.Unknown, Catalog.Opaque("transform"), [picture], null)
            { Reason = "a transform that is not read", When = picture.When }),
    };

    /// <summary>The first axis of the tensors is that of the samples.</summary>
    private static Samples OfTensors(IReadOnlyList<Step> tensors) =>
        new(tensors.Select(t => new Column(null, t.Shape.Rank > 0 ? Shape.Of(t.Shape.Dims.Skip(1)) : Shape.Unknown, t)).ToList(),
            tensors.Count > 0 && tensors[0].Shape.Rank > 0 ? tensors[0].Shape.At(0) : Dim.Unknown);

    /// <summary>One batch, or one sample: tensors by their keys, or one after the other.</summary>
    private Collection SampleOf(Samples samples)
    {
        var tensors = new List<Value>();
        Step? first = null;
        foreach (var (key, shape, of) in samples.Columns!)
        {
            var tensor = Add(new Step(StepKind.Input, new Op(key ?? "data", Role.Source), [], null)
                { When = Now, Range = of.Range, Samples = of });
            first ??= tensor;
            // All tensors of a batch are of as many samples; the last batch may be smaller than the others.
            if (shape.HasRank) tensor.Shape = samples.AreBatches ? Shape.Of(shape.Dims.Prepend(Dim.Named(new Axis(first, 0)))) : shape;
            tensors.Add(key is null ? tensor : new Items([new Constant(key), tensor]));
        }
        return Hold(new Items(tensors), samples.AreBatches ? "batch" : "sample");
    }

    private static Value CountOf(Samples samples) =>
        samples.Count.IsKnown ? Number(samples.Count, "a count") : new Size(Dim.Named(new Symbol("count")));
}
