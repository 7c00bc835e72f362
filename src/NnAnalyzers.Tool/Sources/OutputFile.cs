using NnAnalyzers.Runner;

namespace NnAnalyzers.Tool.Sources;

/// <summary>Files that a command was told to write.</summary>
internal static class OutputFile
{
    /// <summary>Writes a file whole or not at all.</summary>
    /// <exception cref="ToolException">It cannot be written.</exception>
    public static void Write(string path, string text)
    {
        try
        {
            AtomicFile.Write(path, text);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"{path}: cannot be written: {error.Message}", error);
        }
    }
}
