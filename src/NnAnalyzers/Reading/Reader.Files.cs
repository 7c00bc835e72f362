using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Reading;

/// <summary>
/// Numbers that are not known, but where they come from or between which bounds they lie: read from files, drawn at random. What is done
/// to such a number makes another of it: only what is as it was read keeps its origin.
/// </summary>
internal sealed partial class Reader
{
    /// <summary>What a call of another library reads, parses or draws; null for anything else.</summary>
    /// <param name="given">The values of the arguments.</param>
    private Value? Read(IMethodSymbol method, Value? receiver, IReadOnlyList<Value> given, Arguments arguments, IOperation call,
        Frame frame)
    {
        if (DataSources.Read(method) is { } kind) return From(kind, method, call.Type ?? method.ReturnType, call);
        if (DataSources.Fills(method) && given.OfType<Collection>().FirstOrDefault() is { } buffer)
        {
            Change(buffer, _ => Several(Datum(OriginKind.Byte, method.Name, null)));
            return IsWhole(method.ReturnType) ? new Size(Dim.Named(new Symbol("count"))) : new Unknown("how much was read");
        }
        if (DataSources.Drawn(method, given.Select(a => a.Number).ToList()) is { } drawn) return Between(drawn, method);
        var source = new[] { receiver }.Concat(given).Select(v => v?.Origin).FirstOrDefault(o => o is not null);
        if (source is null) return Bounded(method, given);
        if (DataSources.MakesRows(method)) return From(OriginKind.Row, method, call.Type ?? method.ReturnType, call);
        if (source.Kind != OriginKind.Text) return null;
        if (DataSources.Parses(method))
        {
            var number = Datum(OriginKind.Column, method.Name, method.ReturnType);
            if (method.Name != "TryParse") return number;
            foreach (var left in arguments)
                if (left.Operation is IArgumentOperation { Parameter.RefKind: RefKind.Out, Value: var to }) AssignTo(to, number, frame);
            return null;
        }
        // A part of a text is a text.
        return IsText(method.ReturnType) ? Datum(OriginKind.Text, source.From, method.ReturnType)
            : ElementType(method.ReturnType) is { } element && IsText(element)
            ? Hold(Several(Datum(OriginKind.Text, source.From, element))) : null;
    }

    private static bool IsNumber(ITypeSymbol? type) =>
        type?.SpecialType is >= SpecialType.System_SByte and <= SpecialType.System_Double || type?.Name == "Half";

    private static bool IsText(ITypeSymbol? type) => type is { SpecialType: SpecialType.System_String }
        or INamedTypeSymbol { Name: "ReadOnlySpan" or "ReadOnlyMemory", TypeArguments: [{ SpecialType: SpecialType.System_Char }] };

    /// <summary>What a method or member gives: one of a kind, or a list of them.</summary>
    private Value From(OriginKind kind, ISymbol source, ITypeSymbol type, IOperation operation)
    {
        while (type is INamedTypeSymbol { Name: "Task" or "ValueTask", TypeArguments: [var awaited] }) type = awaited;
        var element = ElementType(type);
        var isList = !IsText(type) && !SymbolEqualityComparer.Default.Equals(element, type);
        Value one = kind == OriginKind.Row && (isList ? element : type) is INamedTypeSymbol row
            ? new Instance(row) { Origin = new(kind, source.Name) } : Datum(kind, source.Name, isList ? element : type);
        return isList ? Hold(Several(one), source.Name) : one;
    }

    /// <summary>Code that is not read may scale the numbers of an array that it is given.</summary>
    private void Blur(Collection array)
    {
        if (OriginOf(array) is not null)
            Change(array, now => new Items(now.Elements.Add(new Unknown("it may be changed"))) { Repeats = true, IsComplete = false });
    }

    /// <summary>One that stands for any number like it.</summary>
    private static Items Several(Value one) => new([one]) { Repeats = true, IsComplete = false };

    private static Value Datum(OriginKind kind, string from, ITypeSymbol? type) => IsWhole(type)
        ? new Size(Dim.Named(new Symbol(from))) { Origin = new(kind, from), Range = kind == OriginKind.Byte ? DataSources.Bytes : null }
        : new Unknown("it is read from outside") { Name = from, Origin = new(kind, from),
            Range = kind == OriginKind.Byte ? DataSources.Bytes : null };

    /// <summary>Any of several numbers of which something is known.</summary>
    private static Value OneOf(IReadOnlyList<Value> all)
    {
        if (all.Count == 1) return all[0];
        var origin = all.All(v => v.Origin is not null) ? all[0].Origin : null;
        var range = all.Select(v => v.Range).Aggregate((a, b) => a is { } x && b is { } y ? x.Join(y) : null);
        return all[0] is Size ? new Size(Dim.Named(new Symbol("n"))) { Origin = origin, Range = range }
            : new Unknown("one of several") { Origin = origin, Range = range };
    }

    private static Value Between(ValueRange range, IMethodSymbol method) => IsWhole(method.ReturnType)
        ? new Size(Dim.Named(new Symbol(method.Name) { IsSmaller = method is { Name: "Min", ContainingType.Name: "Math" } }))
            { Range = range }
        : new Unknown($"{method.Name} is not read") { Name = $"{method.ContainingType.Name}.{method.Name}", Range = range };

    /// <summary>A function of .NET of numbers whose bounds are known.</summary>
    private static Value? Bounded(IMethodSymbol method, IReadOnlyList<Value> given)
    {
        if (method.ContainingType?.Name is not ("Math" or "MathF")) return null;
        ValueRange? range = method.Name is "Sin" or "Cos" ? new(-1, 1)
            : given is [{ Range: { } only }] ? only.Through(method.Name.ToLowerInvariant())
            : given is [{ Range: { } a }, { Range: { } b }]
            ? ValueRange.Combine(method.Name.ToLowerInvariant(), a, b) : null;
        return range is null ? null : Between(range.Value, method);
    }

    /// <summary>
    /// Where the numbers were read that a tensor is made of, if it is made of nothing but such numbers and constants, as they are; null for
    /// anything else.
    /// </summary>
    private Origin? OriginOf(Value? data)
    {
        var (found, left) = ((Origin?)null, Budget.Elements);
        return data is not null && IsRaw(data) ? found : null;

        bool IsRaw(Value value)
        {
            if (value.Origin is { Kind: OriginKind.Column or OriginKind.Byte } origin) return (found ??= origin) is not null;
            if (ContentsOf(value) is { } items) return items.Elements.All(e => left-- > 0 && IsRaw(e));
            return value is Constant || value.Alternatives is { } either && IsRaw(either.Then) && IsRaw(either.Otherwise);
        }
    }
}
