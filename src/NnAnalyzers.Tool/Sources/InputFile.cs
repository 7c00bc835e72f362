using Microsoft.CodeAnalysis.Text;
using NnAnalyzers.Runner;

namespace NnAnalyzers.Tool.Sources;

/// <summary>Files that come from elsewhere: looked at before they are opened, and not read beyond a size.</summary>
internal static class InputFile
{
    /// <summary>Most bytes of a C# file, and of a log, baseline, plan or result.</summary>
    public const long MostOfSource = 16L << 20, MostOfData = 512L << 20;

    /// <summary>What keeps a file from being read; null if nothing does.</summary>
    public static string? Trouble(string path, long most)
    {
        if (path.Length == 0) return "the path is empty";
        if (path.Contains('\0', StringComparison.Ordinal)) return "the path holds a zero character";
        var kind = FileKind.Of(path);
        if (!kind.Exists) return "no such file";
        if (kind.IsFolder) return "is a folder";
        if (kind.IsOther) return "is no regular file (a pipe, device or socket)";
        return new FileInfo(path) is { Length: var length } && length > most ? $"is larger than {most >> 20} MiB" : null;
    }

    /// <summary>A C# file, in the encoding that its first bytes tell, UTF-8 else.</summary>
    /// <inheritdoc cref="Read"/>
    public static SourceText ReadSource(string path)
    {
        using var stream = new MemoryStream(Read(path, MostOfSource));
        return SourceText.From(stream);
    }

    /// <summary>All of a file.</summary>
    /// <exception cref="ToolException">It is missing, no regular file, too large, or may not be read.</exception>
    public static byte[] Read(string path, long most = MostOfData)
    {
        if (Trouble(path, most) is { } trouble) throw new ToolException($"{path}: {trouble}");
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"{path}: cannot be read: {error.Message}", error);
        }
    }
}
