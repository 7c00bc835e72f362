using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
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

    private Scheduler MakeScheduler(string kind, IOperation creation, Arguments arguments)
    {
        var parts = arguments.Values.Select(ContentsOf).OfType<Items>().SelectMany(i => i.Elements).OfType<Scheduler>().ToList();
        var made = new Scheduler(kind, arguments.Values.OfType<Optimizer>().FirstOrDefault() ?? parts.FirstOrDefault()?.Optimizer)
        {
            Arguments = arguments,
            Settings = new ScheduleSettings(kind)
            {
                Numbers = arguments.Where(a => NumberOf(a.Value) is not null).ToDictionary(a => a.Name, a => NumberOf(a.Value)!.Value),
                Milestones = ContentsOf(arguments.ValueOf("milestones")) is { IsComplete: true, Repeats: false } steps
                    && steps.Elements.All(e => e.Dim.Size is not null) ? steps.Elements.Select(e => e.Dim.Size!.Value).ToList() : null,
                Factor = arguments.Values.OfType<Function>().FirstOrDefault() is { } function ? FactorOf(function, creation) : null,
                Parts = parts.Select(p => p.Settings).ToList(),
            },
        };
        Happens(EventKind.CreateScheduler, made, creation, arguments);
        return made;
    }

    private static double? NumberOf(Value value) => value.Number ?? value.Dim.Size ?? (value.Flag is { } flag ? flag ? 1 : 0 : null);

    /// <summary>What a function gives for a step, as far as it was asked; for all steps where it always gives the same.</summary>
    private Func<long, double?>? FactorOf(Function function, IOperation call)
    {
        if (function.Method.Parameters.Length != 1) return null;
        var asked = new Dictionary<long, double>();
        foreach (var step in Schedules.Probes)
            if (NumberOf(CallFunction(function, [new Argument("step", new Constant((int)step), call)], call, null)) is { } factor)
                asked[step] = factor;
            else return null;
        return asked.Values.Distinct().Count() == 1 ? _ => asked[0] : step => asked.TryGetValue(step, out var factor) ? factor : null;
    }

    /// <summary>A rate, or another number that changes as training goes on, times a number; null for anything else.</summary>
    private static Value? Times(BinaryOperatorKind kind, Value left, Value right) => (kind, left, right) switch
    {
        (BinaryOperatorKind.Multiply, CurrentRate or Changing, { Number: { } factor }) => Scaled(left, factor),
        (BinaryOperatorKind.Multiply, { Number: { } factor }, CurrentRate or Changing) => Scaled(right, factor),
        (BinaryOperatorKind.Divide, CurrentRate or Changing, { Number: { } factor }) => Scaled(left, 1 / factor),
        _ => null,
    };

    private static Value? Scaled(Value value, double factor) => value switch
    {
        CurrentRate rate => new CurrentRate(rate.Optimizer, rate.Factor * factor),
        Changing changing => new Changing(changing.Turns, changing.Factor * factor) { Name = changing.Name },
        _ => null,
    };
}
