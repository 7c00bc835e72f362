namespace NnAnalyzers.Runner;

/// <summary>
/// Keeps a second command out of a job folder while one works in it; shares of one plan may work side by side. It is the system that
/// holds the lock, so it goes with the process, however that ends.
/// </summary>
public sealed class FolderLock : IDisposable
{
    private const string Name = ".nn-lock";
    private readonly List<FileStream> _held = [];

    /// <param name="folder">Must exist.</param>
    /// <param name="shard">The share that is worked on.</param>
    /// <exception cref="InvalidOperationException">Somebody else works there; the message says so.</exception>
    public FolderLock(string folder, Shard shard)
    {
        try
        {
            var whole = Path.Combine(folder, Name);
            _held.Add(shard.Count == 1 ? Open(whole, FileAccess.ReadWrite, FileShare.None)
                : Open(whole, FileAccess.Read, FileShare.Read));
            if (shard.Count > 1)
                _held.Add(Open($"{whole}-{shard.Index}-{shard.Count}", FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException error)
        {
            Dispose();
            throw new InvalidOperationException($"{folder}: another nn works in this folder{(shard.Count > 1 ? $" (share {shard})" : "")}: "
                + "wait for it, or name another folder", error);
        }
    }

    /// <summary>Whether a command has begun to work there and, if it was killed, left nothing else yet.</summary>
    public static bool WasBegun(string folder) =>
        Directory.Exists(folder) && (File.Exists(Path.Combine(folder, Name)) || !Directory.EnumerateFileSystemEntries(folder).Any());

    private static FileStream Open(string path, FileAccess access, FileShare share) =>
        new(path, FileMode.OpenOrCreate, access, share, bufferSize: 1);

    /// <inheritdoc />
    public void Dispose() => _held.ForEach(f => f.Dispose());
}
