using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

internal sealed class Optimizer(string kind, IOperation? creation) : Value
{
    /// <summary>The field or variable it was put in, or its kind.</summary>
    public string Name { get; set; } = kind;

    public string Kind { get; } = kind;
    public IOperation? Creation => creation;

    /// <summary>The modules whose parameters it steps.</summary>
    public List<Layer> Models { get; } = [];

    /// <summary>Its settings by parameter name, the rate among them.</summary>
    public Arguments Arguments { get; init; } = Arguments.None;

    /// <summary>One of its settings as a number; null if it is not known.</summary>
    public double? this[string name] => Arguments.ValueOf(name)?.Number;

    /// <summary>The learning rate it starts with, as given; null if it is not known.</summary>
    public Argument? Rate => OptimizerCatalog.Optimizer(Kind) is { } known && Arguments.TryGetValue(known.Rate, out var rate)
        && rate.Value.Number is not null ? rate : null;

    public override string ToString() => Kind;
}

/// <summary>What changes an optimizer's rate as training goes on.</summary>
internal sealed class Scheduler(string kind, Optimizer? optimizer) : Value
{
    /// <summary>The field or variable it was put in, or its kind.</summary>
    public string Name { get; set; } = kind;

    public string Kind { get; } = kind;
    public Optimizer? Optimizer => optimizer;

    /// <summary>What it is made with.</summary>
    public Arguments Arguments { get; init; } = Arguments.None;

    /// <summary>The same as numbers, where they are known.</summary>
    public ScheduleSettings Settings { get; init; } = new(kind);
}

/// <summary>Some of an optimizer's parameters with their settings: <c>optimizer.ParamGroups[0]</c>.</summary>
internal sealed class ParameterGroup(Optimizer optimizer) : Value
{
    public Optimizer Optimizer => optimizer;
}

/// <summary>The learning rate that an optimizer has at the time, times a number: it is said again with every turn.</summary>
internal sealed class CurrentRate(Optimizer optimizer, double factor) : Value
{
    public Optimizer Optimizer => optimizer;
    public double Factor => factor;
}

/// <summary>One parameter tensor of a layer (<c>fc1.weight</c>), or any of a module's (<c>foreach (var p in parameters())</c>).</summary>
internal sealed class ParameterOf(Layer layer, string? name) : Value
{
    public Layer Layer => layer;

    /// <summary>Null for any parameter.</summary>
    public string? Name => name;
}

/// <summary>What code asks of any parameter to tell some from others: its name (<c>weight</c>) or its number of axes.</summary>
internal sealed class ParameterTrait(bool isName) : Unknown(isName ? "a name" : "a number of axes")
{
    public bool IsName => isName;
}

/// <summary><c>name.EndsWith("weight")</c>.</summary>
internal sealed class NameTest(string method, string text) : Unknown("a test of a name")
{
    /// <summary>Whether a name passes it, of which the end is known; null if what stands before decides.</summary>
    public bool? Passes(string end) => method switch
    {
        "EndsWith" => end.EndsWith(text, StringComparison.Ordinal) ? true
            : text.EndsWith(end, StringComparison.Ordinal) ? null : false,
        "Contains" => end.Contains(text) ? true : text.Contains("bias") ? false : null,
        _ => null,
    };
}

/// <summary>The gradient of such a tensor: <c>p.grad</c>.</summary>
internal sealed class GradientOf(Layer layer) : Value
{
    public Layer Layer => layer;
}

/// <summary><c>model.parameters()</c>, <c>model.named_parameters()</c> or <c>model.state_dict()</c>.</summary>
internal sealed class ParametersOf(Layer model, bool named) : Value
{
    public Layer Model => model;
    public bool Named => named;
}

/// <summary><c>model.modules()</c> and the like: any part of a module.</summary>
internal sealed class PartsOf(Layer model, bool named) : Value
{
    /// <summary>What is within the parts, too.</summary>
    public bool IsDeep { get; init; }

    public Layer Model => model;
    public bool Named => named;
}
