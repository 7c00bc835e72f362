using Microsoft.CodeAnalysis;

namespace NnAnalyzers.Torch;

/// <summary>What a sample of a data set holds under one key.</summary>
/// <param name="Sizes">The shape of one sample, without a batch.</param>
internal sealed record DataColumn(string Key, IReadOnlyList<long> Sizes, ValueRange Range);

/// <summary>A data set whose samples are always the same.</summary>
/// <param name="Training">How many samples there are to train on.</param>
/// <param name="Test">How many there are to test on.</param>
internal sealed record DataSet(string Name, int Training, int Test, IReadOnlyList<DataColumn> Columns);

/// <summary>
/// The data sets of TorchVision, by name: a project may use that package, the analyzers do not. TorchVision 0.107.0 was run on files
/// made for it.
/// </summary>
internal static class DataSets
{
    /// <summary>Bytes divided by 256.</summary>
    private static readonly ValueRange Bytes = new(0, 255 / 256.0);

    private static readonly Dictionary<string, DataSet> ByName = new[]
    {
        Pictures("MNIST", 60_000, [1, 28, 28], 10),
        Pictures("FashionMNIST", 60_000, [1, 28, 28], 10),
        Pictures("KMNIST", 60_000, [1, 28, 28], 10),
        Pictures("CIFAR10", 50_000, [3, 32, 32], 10),
        Pictures("CIFAR100", 50_000, [3, 32, 32], 100, new DataColumn("categories", [], new(0, 19))),
    }.ToDictionary(d => d.Name, StringComparer.Ordinal);

    /// <summary>Transforms after which a picture has the size and channels it had.</summary>
    private static readonly HashSet<string> Keeping = new(StringComparer.Ordinal)
    {
        "Normalize", "ConvertImageDtype", "ConvertImageDType", "HorizontalFlip", "VerticalFlip", "RandomHorizontalFlip",
        "RandomVerticalFlip", "Invert", "RandomInvert", "GaussianBlur", "AdjustBrightness", "AdjustContrast", "AdjustGamma",
    };

    /// <summary>Those of them that only move pixels.</summary>
    private static readonly HashSet<string> Moving =
        new(["HorizontalFlip", "VerticalFlip", "RandomHorizontalFlip", "RandomVerticalFlip"], StringComparer.Ordinal);

    /// <summary>Parts of the names of those that cut pictures or make them larger.</summary>
    private static readonly string[] Cutting = ["Crop", "Resize", "Pad", "Rotate", "Affine", "Perspective", "Erase"];

    /// <summary>The data set that a call opens; null for any other call.</summary>
    public static DataSet? Find(IMethodSymbol method) =>
        IsIn(method, "datasets") && ByName.TryGetValue(method.Name, out var set) ? set : null;

    /// <summary>Whether a method reads a picture as bytes.</summary>
    public static bool IsReader(IMethodSymbol method) => IsIn(method, "io") && method.Name is "read_image" or "read_image_async";

    public static bool IsTransform(IMethodSymbol method) => IsIn(method, "transforms");

    /// <summary>What a transform does to a picture: whether it moves pixels or changes their values, and whether its size stays.</summary>
    public static Op OpOf(IMethodSymbol transform) => new(transform.Name,
        Moving.Contains(transform.Name) ? Role.Permute : Keeping.Contains(transform.Name) ? Role.Arithmetic
        : Cutting.Any(transform.Name.Contains) ? Role.Resize : Role.Opaque)
        { Shape = Keeping.Contains(transform.Name) ? Shapes.ShapeFunctions.Same : null };

    private static bool IsIn(IMethodSymbol method, string part) =>
        method.ContainingType is { ContainingType: { Name: "torchvision", ContainingNamespace.Name: "TorchSharp" } } type
        && type.Name == part;

    private static DataSet Pictures(string name, int training, long[] sizes, int classes, params DataColumn[] more) =>
        new(name, training, 10_000,
            new DataColumn[] { new("data", sizes, Bytes), new("label", [], new(0, classes - 1)) }.Concat(more).ToList());
}
