using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using NnAnalyzers.Graph;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Reading;

/// <summary>Optimizers and schedulers.</summary>
internal sealed partial class Reader
{
    private Optimizer MakeOptimizer(string kind, IOperation creation, Arguments arguments)
    {
        var optimizer = new Optimizer(kind, creation) { Arguments = arguments };
        foreach (var model in arguments.Values.SelectMany(v => ContentsOf(v) is { } items
            ? items.Elements.SelectMany(e => ContentsOf(e)?.Elements ?? ImmutableArray.Create(e)) : [v]).SelectMany(Each))
            if (model is ParametersOf p) optimizer.Models.Add(p.Model);
            else if (model is ParameterOf { Layer: var layer }) optimizer.Models.Add(layer);
        Happens(EventKind.CreateOptimizer, optimizer, creation, arguments);
        return optimizer;
    }

    /// <summary>All that a value may be.</summary>
    private static IEnumerable<Value> Each(Value value) =>
        value.Alternatives is { } either ? Each(either.Then).Concat(Each(either.Otherwise)) : [value];

    private Value CallOptimizer(IOperation call, IMethodSymbol method, Optimizer optimizer, Arguments arguments)
    {
        // A closure handed to step runs in it.
        foreach (var closure in arguments.Values.OfType<Function>()) CallFunction(closure, [], call, null);
        if (Effects.OfOptimizer(method.Name) is { } happened) Happens(happened, optimizer, call, arguments);
        return new Unknown($"{optimizer.Kind}.{method.Name} is not read");
    }
}
