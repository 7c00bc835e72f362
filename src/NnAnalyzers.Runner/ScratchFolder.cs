using System.Globalization;

namespace NnAnalyzers.Runner;

/// <summary>
/// A temporary folder that only this user sees and that goes with the object. What processes left that were killed is taken away by the
/// next one that needs a folder.
/// </summary>
public sealed class ScratchFolder : IDisposable
{
    private const string Prefix = "nn-scratch-";
    private static readonly Lazy<bool> Swept = new(Sweep);

    public ScratchFolder()
    {
        _ = Swept.Value;
        Path = Directory.CreateTempSubdirectory(
            string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-")).FullName;
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <inheritdoc />
    public void Dispose()
    {
        try { Directory.Delete(Path, recursive: true); }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException) { /* a killed child may still hold a file */ }
    }

    private static bool Sweep()
    {
        try
        {
            foreach (var left in Directory.EnumerateDirectories(System.IO.Path.GetTempPath(), Prefix + "*"))
                if (int.TryParse(System.IO.Path.GetFileName(left)[Prefix.Length..].Split('-')[0], CultureInfo.InvariantCulture,
                    out var owner) && !Processes.IsAlive(owner))
                    Directory.Delete(left, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException) { /* another user's, or swept by another */ }
        return true;
    }
}
