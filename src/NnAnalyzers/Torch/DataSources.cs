using Microsoft.CodeAnalysis;

namespace NnAnalyzers.Torch;

/// <summary>What was read from outside.</summary>
internal enum OriginKind
{
    /// <summary>A text, a line or a part of one.</summary>
    Text,

    /// <summary>An object that a library fills from the columns of a file.</summary>
    Row,

    /// <summary>A number of a text file, as it stands there.</summary>
    Column,

    /// <summary>A byte of a picture or of another file, from 0 to 255.</summary>
    Byte,

    /// <summary>A picture of a data set that comes scaled, from 0 to 1.</summary>
    Picture,
}

/// <summary>Where a number comes from, as it was read.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="From">What gives it: a method or a data set, by name.</param>
internal sealed record Origin(OriginKind Kind, string From);

/// <summary>What libraries read from files: texts and their numbers, rows, bytes of pictures; by the libraries' own names.</summary>
internal static class DataSources
{
    public static readonly ValueRange Bytes = new(0, 255);

    private static readonly HashSet<string> Readers =
        new(["File", "TextReader", "StreamReader", "StringReader", "BinaryReader", "HttpClient", "WebClient"], StringComparer.Ordinal);

    private static readonly HashSet<string> Numbers = new(["Single", "Double", "Decimal", "Half", "Byte", "SByte", "Int16", "UInt16",
        "Int32", "UInt32", "Int64", "UInt64"], StringComparer.Ordinal);

    /// <summary>Libraries of pictures, by the first part of their namespace that is theirs.</summary>
    private static readonly string[] Pictures =
        ["SixLabors.ImageSharp", "SkiaSharp", "OpenCvSharp", "Emgu.CV", "System.Drawing", "ImageMagick", "StbImageSharp", "StbSharp"];

    /// <summary>What a method of a library reads; null for any other.</summary>
    public static OriginKind? Read(IMethodSymbol method) => (method.ContainingType?.Name, method.Name) switch
    {
        (var type, "ReadLines" or "ReadLinesAsync" or "ReadAllLines" or "ReadAllLinesAsync" or "ReadAllText" or "ReadAllTextAsync"
            or "ReadLine" or "ReadLineAsync" or "ReadToEnd" or "ReadToEndAsync" or "GetStringAsync" or "DownloadString")
            when type is not null && Readers.Contains(type) => OriginKind.Text,
        (var type, "ReadAllBytes" or "ReadAllBytesAsync" or "ReadBytes" or "ReadByte" or "GetByteArrayAsync" or "DownloadData")
            when type is not null && (Readers.Contains(type) || type.EndsWith("Stream", StringComparison.Ordinal)) => OriginKind.Byte,
        ("TextFieldParser", "ReadFields") => OriginKind.Text,
        ("DataOperationsCatalog" or "TextLoaderSaverCatalog", "LoadFromTextFile") => OriginKind.Text,
        ("CsvReader" or "IReader" or "IReaderRow", "GetRecords" or "GetRecord" or "GetRecordsAsync") => OriginKind.Row,
        ("CsvReader" or "IReader" or "IReaderRow", "GetField") =>
            method.TypeArguments is [{ SpecialType: not SpecialType.System_String }] ? OriginKind.Column : OriginKind.Text,
        _ => OfPicture(method, method.ReturnType),
    };

    /// <summary>What a field or property of a library holds; null for any other.</summary>
    public static OriginKind? Held(ISymbol member) => OfPicture(member, member switch
    {
        IFieldSymbol { IsConst: false } field => field.Type,
        IPropertySymbol property => property.Type,
        _ => null,
    });

    /// <summary>Whether a method makes rows of what it is given.</summary>
    public static bool MakesRows(IMethodSymbol method) =>
        method is { Name: "CreateEnumerable", ContainingType.Name: "DataOperationsCatalog" };

    /// <summary>Whether a method writes a whole file.</summary>
    public static bool Writes(string method) => method is "WriteAllLines" or "WriteAllLinesAsync" or "WriteAllText" or "WriteAllTextAsync"
        or "WriteAllBytes" or "WriteAllBytesAsync";

    /// <summary>Whether a method makes one number of a text.</summary>
    public static bool Parses(IMethodSymbol method) => method.ContainingType is { Name: var type }
        && (Numbers.Contains(type) && method.Name is "Parse" or "TryParse"
        || type == "Convert" && method.Name.StartsWith("To", StringComparison.Ordinal) && Numbers.Contains(method.Name.Substring(2)));

    /// <summary>Whether a method fills an array it is given with bytes of a file.</summary>
    public static bool Fills(IMethodSymbol method) => method.Name is "Read" or "ReadAsync" or "ReadExactly" or "ReadExactlyAsync"
        && method.ContainingType?.Name is { } type && (type == "BinaryReader" || type.EndsWith("Stream", StringComparison.Ordinal));

    /// <summary>Whether values of a type are bytes, alone or in a row.</summary>
    public static bool AreBytes(ITypeSymbol? type) => type switch
    {
        { SpecialType: SpecialType.System_Byte } => true,
        IArrayTypeSymbol array => AreBytes(array.ElementType),
        INamedTypeSymbol { Name: "Span" or "ReadOnlySpan" or "Memory" or "ReadOnlyMemory" or "IEnumerable" or "Task",
            TypeArguments: [var of] } => AreBytes(of),
        _ => false,
    };

    /// <summary>What numbers drawn by a method of <c>System.Random</c> lie between; null for any other method.</summary>
    public static ValueRange? Drawn(IMethodSymbol method, IReadOnlyList<double?> arguments) =>
        method.ContainingType?.Name != "Random" ? null : (method.Name, arguments) switch
        {
            ("NextDouble" or "NextSingle", _) => new(0, 1),
            ("Next" or "NextInt64", [{ } high]) => new(0, high - 1),
            ("Next" or "NextInt64", [{ } low, { } high]) => new(low, high - 1),
            _ => null,
        };

    private static OriginKind? OfPicture(ISymbol member, ITypeSymbol? type) =>
        AreBytes(type) && member.ContainingNamespace?.ToDisplayString() is { } space
        && Pictures.Any(p => space == p || space.StartsWith(p + ".", StringComparison.Ordinal)) ? OriginKind.Byte : null;
}
