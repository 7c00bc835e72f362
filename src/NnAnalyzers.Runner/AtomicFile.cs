using System.Globalization;
using System.Text;

namespace NnAnalyzers.Runner;

/// <summary>
/// The one way files are written: each is either the old one or the new one, never half, also after a kill. Links are followed; what is no
/// regular file, is read-only, or has other names as well is left alone.
/// </summary>
public static class AtomicFile
{
    private const string Suffix = ".nn-tmp";

    /// <inheritdoc cref="Write(string, byte[], byte[])"/>
    public static void Write(string path, string text) => Write(path, new UTF8Encoding(false).GetBytes(text));

    /// <summary>Writes a file whole or not at all.</summary>
    /// <param name="path">Its folder is made where it is missing; a link is followed to the file it stands for.</param>
    /// <param name="bytes">All of its new content.</param>
    /// <param name="expected">What was read from it: if something else stands there by now, nothing is written;
    /// null if anything may.</param>
    /// <exception cref="IOException">It cannot be written, or changed meanwhile; the message says why, without the path.</exception>
    /// <exception cref="UnauthorizedAccessException">It is read-only, or its folder is.</exception>
    public static void Write(string path, byte[] bytes, byte[]? expected = null)
    {
        if (path.Length == 0) throw new IOException("its name is empty");
        var target = new FileInfo(path).LinkTarget is null ? Path.GetFullPath(path)
            : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
        var kind = FileKind.Of(target);
        if (kind.IsFolder) throw new IOException("it is a folder");
        if (kind.IsOther) throw new IOException("it is no regular file");
        if (kind.Links > 1)
            throw new IOException($"it has {kind.Links} names (hard links), and writing would part them");
        if (kind.Exists && File.GetAttributes(target).HasFlag(FileAttributes.ReadOnly))
            throw new UnauthorizedAccessException("it is read-only");
        var folder = Path.GetDirectoryName(target)!;
        Directory.CreateDirectory(folder);
        Sweep(folder, Path.GetFileName(target));
        var fresh = Path.Combine(folder,
            string.Create(CultureInfo.InvariantCulture, $".{Path.GetFileName(target)}.{Environment.ProcessId}-{Guid.NewGuid():N}{Suffix}"));
        try
        {
            using (var stream = new FileStream(fresh, FileMode.CreateNew))
            {
                if (!OperatingSystem.IsWindows() && kind.Exists) File.SetUnixFileMode(stream.SafeFileHandle, File.GetUnixFileMode(target));
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }
            if (expected is not null && !(File.Exists(target) && File.ReadAllBytes(target).AsSpan().SequenceEqual(expected)))
                throw new IOException("it has been changed since it was read");
            File.Move(fresh, target, overwrite: true);
        }
        finally
        {
            File.Delete(fresh);
        }
    }

    /// <summary>Takes away what a process left that was killed while it wrote this file.</summary>
    private static void Sweep(string folder, string name)
    {
        foreach (var left in Directory.EnumerateFiles(folder, $".{name}.*{Suffix}"))
            if (int.TryParse(Path.GetFileName(left)[(name.Length + 2)..].Split('-')[0], CultureInfo.InvariantCulture, out var writer)
                && !Processes.IsAlive(writer))
                File.Delete(left);
    }
}
