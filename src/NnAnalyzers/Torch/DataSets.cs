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
        "RandomVerticalFlip", "Invert", "RandomInvert", "GaussianBlur", "AdjustBrightness", "AdjustContrast", "AdjustGamma", "Compose",
    };

    /// <summary>The data set that a call opens; null for any other call.</summary>
    public static DataSet? Find(IMethodSymbol method) =>
        IsIn(method, "datasets") && ByName.TryGetValue(method.Name, out var set) ? set : null;

    public static bool IsTransform(IMethodSymbol method) => IsIn(method, "transforms");

    public static bool KeepsShape(IMethodSymbol transform) => Keeping.Contains(transform.Name);

    private static bool IsIn(IMethodSymbol method, string part) =>
        method.ContainingType is { ContainingType: { Name: "torchvision", ContainingNamespace.Name: "TorchSharp" } } type
        && type.Name == part;

    private static DataSet Pictures(string name, int training, long[] sizes, int classes, params DataColumn[] more) =>
        new(name, training, 10_000,
            new DataColumn[] { new("data", sizes, Bytes), new("label", [], new(0, classes - 1)) }.Concat(more).ToList());
}
