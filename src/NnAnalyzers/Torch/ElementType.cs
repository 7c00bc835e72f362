namespace NnAnalyzers.Torch;

/// <summary>The type of a tensor's elements; of two that meet the later one comes out.</summary>
internal enum ElementType { Bool, Byte, Int8, Int16, Int32, Int64, Float16, BFloat16, Float32, Float64 }

/// <summary>What TorchSharp calls the types of elements.</summary>
internal static class ElementTypes
{
    private static readonly Dictionary<string, ElementType> ByName = new(StringComparer.OrdinalIgnoreCase)
    {
        ["bool"] = ElementType.Bool, ["Boolean"] = ElementType.Bool,
        ["byte"] = ElementType.Byte, ["uint8"] = ElementType.Byte,
        ["int8"] = ElementType.Int8, ["SByte"] = ElementType.Int8, ["char"] = ElementType.Int8,
        ["int16"] = ElementType.Int16, ["short"] = ElementType.Int16,
        ["int32"] = ElementType.Int32, ["int"] = ElementType.Int32,
        ["int64"] = ElementType.Int64, ["long"] = ElementType.Int64,
        ["float16"] = ElementType.Float16, ["half"] = ElementType.Float16,
        ["bfloat16"] = ElementType.BFloat16,
        ["float32"] = ElementType.Float32, ["float"] = ElementType.Float32, ["Single"] = ElementType.Float32,
        ["float64"] = ElementType.Float64, ["double"] = ElementType.Float64,
    };

    /// <summary><c>ScalarType.Int64</c>, <c>torch.int64</c>, <c>x.@long()</c>, the type <c>Int64</c>; null for any other name.</summary>
    public static ElementType? Find(string name) => ByName.TryGetValue(name, out var type) ? type : null;

    /// <summary>Its name among the members of <c>torch</c>.</summary>
    public static string Name(this ElementType type) => type == ElementType.Byte ? "uint8" : type.ToString().ToLowerInvariant();

    public static bool IsFloating(this ElementType type) => type >= ElementType.Float16;

    /// <summary>What comes out of two tensors with axes; 0-dim ones give way, which is not asked here.</summary>
    public static ElementType Join(ElementType a, ElementType b) =>
        a == b ? a : (a, b) is (ElementType.Byte, ElementType.Int8) or (ElementType.Int8, ElementType.Byte) ? ElementType.Int16
        : (a, b) is (ElementType.Float16, ElementType.BFloat16) or (ElementType.BFloat16, ElementType.Float16) ? ElementType.Float32
        : (ElementType)Math.Max((int)a, (int)b);
}
