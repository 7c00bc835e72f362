using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace NnAnalyzers.Graph;

/// <summary>An argument as written, with what it stands for.</summary>
/// <param name="Name">The parameter's name.</param>
internal sealed record Argument(string Name, Value Value, IOperation Operation)
{
    /// <summary>The operation under conversions and parentheses.</summary>
    public static IOperation Bare(IOperation operation) => operation switch
    {
        IConversionOperation { OperatorMethod: null } conversion => Bare(conversion.Operand),
        IParenthesizedOperation parenthesized => Bare(parenthesized.Operand),
        _ => operation,
    };

    /// <summary>The value is a constant of the code at this place, not one that was handed in.</summary>
    public bool IsWrittenThere =>
        Operation is IArgumentOperation { Value.ConstantValue.HasValue: true } || Operation?.ConstantValue.HasValue == true;
}

/// <summary>
/// What a call is given, in the order of the parameters. What it leaves out is made only when asked for: a layer has up to a dozen
/// parameters and is given two or three.
/// </summary>
/// <param name="items">Null where <paramref name="operations"/> has the parameter's default.</param>
internal sealed class Arguments(Argument?[] items, ImmutableArray<IArgumentOperation> operations) : IReadOnlyList<Argument>
{
    public static readonly Arguments None = new();

    public Arguments(params Argument[] items) : this(items, default) { }

    public int Count => items.Length;

    public Argument this[int index] => items[index] ??= Default(operations[index]);

    public Argument this[string name] => TryGetValue(name, out var argument) ? argument : throw new KeyNotFoundException(name);

    public bool TryGetValue(string name, [NotNullWhen(true)] out Argument? argument)
    {
        for (var i = 0; i < items.Length; i++)
            if (name == (items[i]?.Name ?? operations[i].Parameter!.Name))
            {
                argument = this[i];
                return true;
            }
        argument = null;
        return false;
    }

    public bool Contains(string name) => TryGetValue(name, out _);

    /// <summary>The value under a name; null when nothing of that name is given.</summary>
    public Value? ValueOf(string name) => TryGetValue(name, out var argument) ? argument.Value : null;

    /// <summary>The first value; for an extension method that is the receiver.</summary>
    public Value? First => Count > 0 ? this[0].Value : null;

    public IEnumerable<Value> Values => this.Select(a => a.Value);

    /// <summary>The values that are written in the call.</summary>
    public IEnumerable<Value> Written
    {
        get
        {
            foreach (var item in items)
                if (item is not null) yield return item.Value;
        }
    }

    /// <summary>The same with other values; itself when none changes.</summary>
    public Arguments With(Func<Value, string, Value> change)
    {
        Argument?[]? changed = null;
        for (var i = 0; i < items.Length; i++)
            if (items[i] is { } item && change(item.Value, item.Name) is var value && !ReferenceEquals(value, item.Value))
                (changed ??= (Argument?[])items.Clone())[i] = item with { Value = value };
        return changed is null ? this : new(changed, operations);
    }

    private static Argument Default(IArgumentOperation left)
    {
        var value = Argument.Bare(left.Value);
        return new Argument(left.Parameter!.Name, value switch
        {
            { ConstantValue: { HasValue: true, Value: var constant } } => new Constant(constant),
            IDefaultValueOperation { Type: var type } => Constant.DefaultOf(type),
            _ => new Unknown($"the default of {left.Parameter.Name}"),
        }, left);
    }

    public IEnumerator<Argument> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
