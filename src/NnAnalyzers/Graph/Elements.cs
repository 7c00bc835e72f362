using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>The type of a tensor's elements, as TorchSharp 0.107.0 gave it for each of these; null where nothing tells.</summary>
internal static class Elements
{
    private const int MaxDepth = 32, MaxSteps = 256;

    /// <summary>Functions of whole numbers that give whole numbers.</summary>
    private static readonly HashSet<string> Whole = new(StringComparer.Ordinal)
        { "neg", "abs", "sign", "square", "clamp", "floor", "ceil", "round", "trunc", "cumsum", "cumprod", "tril", "triu", "roll" };

    public static ElementType? Of(Step step) => Of(step, 0, []);

    /// <summary>Whether a move of a module may change the type of its parameters.</summary>
    public static bool IsRetyped(Event move) => move.Operation is not IInvocationOperation { TargetMethod.Name: "to" or "cuda" or "cpu" }
        || move.Arguments.Any(a => IsOfTypes(a.Operation) && !a.Value.IsNull);

    /// <param name="known">The steps that were asked already; a join of joins leads to one of them many times.</param>
    private static ElementType? Of(Step step, int depth, Dictionary<Step, ElementType?> known)
    {
        if (depth > MaxDepth || known.Count > MaxSteps) return null;
        if (!known.TryGetValue(step, out var type)) known[step] = type = Find(step, depth, known);
        return type;
    }

    private static ElementType? Find(Step step, int depth, Dictionary<Step, ElementType?> known)
    {
        ElementType? From(Step? input) => input is null ? null : Of(input, depth + 1, known);
        switch (step.Kind)
        {
            case StepKind.Input: return From(step.Samples ?? step.Outer);
            case StepKind.Choice: return Same(step.Inputs);
            case StepKind.Part: return step.Role is Role.Reshape or Role.Indexing && step.Op.Name is "split" or "chunk" or "unbind"
                or "tensor_split" ? From(step.Input) : null;
            case not StepKind.Operation: return null;
        }
        var method = (step.Operation as IInvocationOperation)?.TargetMethod.Name;
        switch (step.Op.Role)
        {
            case Role.Source: return OfSource(step, From);
            case Role.Linear or Role.Convolution or Role.TransposedConvolution or Role.Recurrent or Role.Embedding or Role.Attention
                or Role.Bilinear: return step.Layer is not { } layer || Given(layer.Arguments) is not null ? null : ElementType.Float32;
            case Role.Identity when method is "type_as": return From(step.Inputs.ElementAtOrDefault(1));
            case Role.Identity when method is "to" or "to_type" or "type":
                return Given(step.Arguments) ?? (step.Arguments.Any(a => a.Value is Step other && other != step.Input
                    || IsOfTypes(a.Operation)) ? null : From(step.Input));
            case Role.Identity when method is not null && ElementTypes.Find(method) is { } converted: return converted;
            case Role.Identity or Role.Reshape or Role.Permute or Role.Resize or Role.Dropout or Role.Indexing or Role.Pooling
                when step.Op.Name is not ("searchsorted" or "nonzero"): return From(step.Input);
            case Role.Join: return Same(step.Inputs);
            case Role.Reduction: return step.Op.Name switch
            {
                "argmax" or "argmin" or "count_nonzero" => ElementType.Int64,
                "all" or "any" or "equal" => ElementType.Bool,
                "sum" or "prod" => From(step.Input) is { } summed ? summed.IsFloating() ? summed : ElementType.Int64 : null,
                _ => From(step.Input),
            };
            case Role.Activation or Role.Softmax or Role.Normalization:
                return From(step.Input) is { } normal && normal.IsFloating() ? normal : null;
            case Role.Arithmetic when step.Op.Name is "eq" or "ne" or "not_equal" or "lt" or "less" or "le" or "less_equal" or "gt"
                or "greater" or "ge" or "greater_equal" or "isclose" or "isnan" or "isinf" or "isfinite"
                || step.Op.Name.StartsWith("logical_", StringComparison.Ordinal): return ElementType.Bool;
            case Role.Arithmetic when step.Op.Writes: return From(step.Input);
            case Role.Arithmetic when step.Op.Name is "add" or "sub" or "mul" or "div" or "pow" or "remainder" or "fmod":
                return OfOperands(step, From);
            case Role.Arithmetic when step.Inputs.Count == 1 && step.Op.KeepsShape:
                return From(step.Input) is { } each ? each.IsFloating() || Whole.Contains(step.Op.Name) ? each : null : null;
            default: return null;
        }

        ElementType? Same(IReadOnlyList<Step> all)
        {
            if (all.Count == 0 || From(all[0]) is not { } first) return null;
            return all.Skip(1).All(s => From(s) == first) ? first : null;
        }
    }

    /// <summary>A tensor with axes decides over numbers and over one without axes, unless they are of a higher kind.</summary>
    private static ElementType? OfOperands(Step step, Func<Step, ElementType?> of)
    {
        ElementType? all = null;
        foreach (var input in step.Inputs)
        {
            if (of(input) is not { } type) return null;
            if (all is { } other && other != type && (!input.Shape.HasRank || !step.Inputs[0].Shape.HasRank || input.Shape.Rank == 0
                || step.Inputs[0].Shape.Rank == 0)) return null;
            all = all is { } before ? ElementTypes.Join(before, type) : type;
        }
        if (all is not { } result || result == ElementType.Bool) return null;
        if (result.IsFloating()) return result;
        if (step.Op.Name == "div") return ElementType.Float32;
        return step.Arguments.Where(a => a.Value is not Step).All(a => IsWhole(a)) ? result : null;
    }

    private static bool IsWhole(Argument argument) =>
        argument.Value is Constant { Integer: not null } || argument.Value.IsNull
        || Argument.Bare(Under(argument.Operation)).Type is { } type && Constant.IsWhole(type);

    private static ElementType? OfSource(Step step, Func<Step, ElementType?> of)
    {
        if (Given(step.Arguments) is { } given) return given;
        if (step.Arguments.Any(a => IsOfTypes(a.Operation) && !a.Value.IsNull)) return null;
        switch (step.Op.Name)
        {
            case "tensor" or "as_tensor" or "from_array":
                return step.Arguments.FirstOrDefault() is { Operation: { } data } ? OfData(Argument.Bare(Under(data)).Type) : null;
            case "randint" or "randperm" or "multinomial" or "one_hot" or "tril_indices" or "triu_indices" or "LongTensor":
                return ElementType.Int64;
            case "zeros" or "ones" or "empty" or "rand" or "randn" or "normal" or "eye" or "linspace" or "logspace" or "FloatTensor":
                return ElementType.Float32;
            case "arange":
                return step.Arguments.All(a => a.Value is Constant { Integer: not null } or { IsNull: true }
                    || Argument.Bare(Under(a.Operation)).Type is { } type && (Constant.IsWhole(type)
                    || type.SpecialType == SpecialType.System_Boolean || type.TypeKind == TypeKind.Class)) ? ElementType.Int64 : null;
            case "DoubleTensor": return ElementType.Float64;
            case "IntTensor": return ElementType.Int32;
            case "randn_like" or "zeros_like" or "ones_like" or "empty_like" or "rand_like" or "full_like" or "randint_like":
                return step.Input is { } like ? of(like) : null;
            default: return null;
        }
    }

    private static IOperation Under(IOperation operation) => operation is IArgumentOperation { Value: var value } ? value : operation;

    /// <summary>The type of what a tensor is made of: a number, an array of any rank, a list.</summary>
    private static ElementType? OfData(ITypeSymbol? type) => type switch
    {
        IArrayTypeSymbol array => OfData(array.ElementType),
        { TypeKind: TypeKind.Enum or TypeKind.TypeParameter or TypeKind.Error } => null,
        INamedTypeSymbol { IsGenericType: true } generic => generic.AllInterfaces.Append(generic)
            .FirstOrDefault(i => i.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T
            || i.Name is "Memory" or "ReadOnlyMemory" or "Span") is { TypeArguments: [var element] } ? OfData(element) : null,
        { SpecialType: not (SpecialType.None or SpecialType.System_Object or SpecialType.System_String or SpecialType.System_Array) } =>
            ElementTypes.Find(type.Name),
        _ => null,
    };

    /// <summary>The type that is asked for: <c>dtype: ScalarType.Int64</c>, <c>to(torch.float32)</c>.</summary>
    private static ElementType? Given(Arguments arguments)
    {
        foreach (var argument in arguments)
            if (IsOfTypes(argument.Operation) && NameOf(Under(argument.Operation)) is { } name) return ElementTypes.Find(name);
        return null;
    }

    private static bool IsOfTypes(IOperation? operation) => operation is IArgumentOperation { Parameter.Type: var type }
        && (type is { Name: "ScalarType" } || type is INamedTypeSymbol { Name: "Nullable", TypeArguments: [{ Name: "ScalarType" }] });

    private static string? NameOf(IOperation value) => Argument.Bare(value) switch
    {
        IFieldReferenceOperation { Field: { } field } when field.ContainingType.Name is "ScalarType" or "torch" => field.Name,
        IPropertyReferenceOperation { Property: { ContainingType.Name: "torch" } property } => property.Name,
        IObjectCreationOperation { Arguments: [var only] } => NameOf(only.Value),
        _ => null,
    };
}
