using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

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

    public override string ToString() => Kind;
}

/// <summary>What changes an optimizer's rate as training goes on.</summary>
internal sealed class Scheduler(string kind, Optimizer? optimizer) : Value
{
    /// <summary>The field or variable it was put in, or its kind.</summary>
    public string Name { get; set; } = kind;

    public string Kind { get; } = kind;
    public Optimizer? Optimizer => optimizer;
}

/// <summary>One parameter tensor of a layer (<c>fc1.weight</c>), or any of a module's (<c>foreach (var p in parameters())</c>).</summary>
internal sealed class ParameterOf(Layer layer, string? name) : Value
{
    public Layer Layer => layer;

    /// <summary>Null for any parameter.</summary>
    public string? Name => name;
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
    public Layer Model => model;
    public bool Named => named;
}
