using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Reading;

/// <summary>Generic code is read with the types it is called with: <c>Make&lt;Net&gt;()</c>, <c>new Trainer&lt;Net&gt;()</c>.</summary>
internal sealed partial class Reader
{
    /// <summary>What a type parameter stands for where it is used; itself where nobody says.</summary>
    private static ITypeSymbol Actual(ITypeSymbol type, Frame? frame)
    {
        for (var f = frame; type is ITypeParameterSymbol && f is not null; f = f.Lexical)
        {
            if (type is ITypeParameterSymbol { DeclaringMethod: { } declaring } of && f.Method is { } method && Same(method, declaring))
                type = method.TypeArguments[of.Ordinal];
            type = Actual(type, f.This);
            if (f.Method?.ContainingType is { } container) type = ArgumentOf(container, type);
        }
        return type;
    }

    /// <summary>What a type parameter of an object's class, or of one of its bases, stands for in this object.</summary>
    private static ITypeSymbol Actual(ITypeSymbol type, Value? owner) =>
        type is ITypeParameterSymbol
        ? ArgumentOf(owner switch { Layer layer => layer.Type, Instance instance => instance.Type, _ => null }, type) : type;

    private static ITypeSymbol ArgumentOf(INamedTypeSymbol? holder, ITypeSymbol type)
    {
        if (type is not ITypeParameterSymbol { DeclaringType: { } declaring } parameter) return type;
        for (var t = holder; t is not null; t = t.BaseType)
            if (Same(t, declaring)) return t.TypeArguments[parameter.Ordinal];
        return type;
    }

    /// <summary>A method that is called by generic code, with the types this code was called with.</summary>
    private static IMethodSymbol Closed(IMethodSymbol method, Frame frame) =>
        Closed(method.TypeArguments, frame) is { } types ? method.ConstructedFrom.Construct(types) : method;

    private static INamedTypeSymbol Closed(INamedTypeSymbol type, Frame frame) =>
        Closed(type.TypeArguments, frame) is { } types ? type.ConstructedFrom.Construct(types) : type;

    /// <summary>Null where there is nothing to fill in.</summary>
    private static ITypeSymbol[]? Closed(ImmutableArray<ITypeSymbol> types, Frame frame)
    {
        if (!types.Any(t => t is ITypeParameterSymbol)) return null;
        var actual = types.Select(t => Actual(t, frame)).ToArray();
        return actual.SequenceEqual<ITypeSymbol>(types, SymbolEqualityComparer.Default) ? null : actual;
    }

    /// <summary><c>new T()</c>: an object of the type that T is here.</summary>
    private Value CreateOf(ITypeSymbol type, IOperation creation, IObjectOrCollectionInitializerOperation? initializer, Frame frame)
    {
        if (Actual(type, frame) is not INamedTypeSymbol { IsAbstract: false } actual || !torch.IsOwn(actual))
            return Anything(Actual(type, frame), type.Name);
        var constructor = actual.InstanceConstructors.FirstOrDefault(c => c.Parameters.All(p => p.IsOptional) && !c.IsImplicitlyDeclared);
        if (torch.IsUserModule(actual))
            return Initialize(MakeModule(actual, creation, constructor, Arguments.None, frame), initializer, frame);
        var made = new Instance(actual) { MadeIn = Now.Loop, Creation = creation };
        Happens(EventKind.MakeObject, made, creation);
        if (_calls.Count < MaxDepth || !Limited()) Construct(actual, made, Arguments.None, constructor);
        return Initialize(made, initializer, frame);
    }

    /// <summary>Something of an open type is what its constraint says.</summary>
    private static ITypeSymbol? ConstraintOf(ITypeParameterSymbol parameter) =>
        parameter.ConstraintTypes.FirstOrDefault(t => t.TypeKind == TypeKind.Class)
        ?? parameter.ConstraintTypes.FirstOrDefault(t => t is not ITypeParameterSymbol);
}
