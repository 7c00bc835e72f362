namespace NnAnalyzers.Tool.Sources;

/// <summary>Folders with what tools have made, not people: nothing there is read as code, watched or copied.</summary>
internal static class OutputFolder
{
    /// <param name="name">A folder's own name.</param>
    public static bool Is(string name) => name is "bin" or "obj" or "artifacts" or "node_modules" or "nn-report";

    /// <param name="path">Relative, of a file.</param>
    public static bool Holds(string path) => path.Split('/', '\\').SkipLast(1).Any(Is);
}
