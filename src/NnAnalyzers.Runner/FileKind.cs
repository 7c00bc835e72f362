using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace NnAnalyzers.Runner;

/// <summary>What stands at a path, found without opening it: a pipe would keep its reader waiting.</summary>
/// <param name="Exists">Something does.</param>
/// <param name="IsFolder">A folder.</param>
/// <param name="IsOther">A pipe, device or socket. Told on Linux and Windows.</param>
/// <param name="Links">How many names the file has; 1 where that is not known.</param>
public readonly record struct FileKind(bool Exists, bool IsFolder, bool IsOther, uint Links)
{
    /// <summary>A file that can be read to its end.</summary>
    public bool IsRegular => Exists && !IsFolder && !IsOther;

    /// <summary>Looks; links are followed.</summary>
    public static FileKind Of(string path)
    {
        if (OperatingSystem.IsLinux() && Linux(path) is { } seen) return seen;
        if (Directory.Exists(path)) return new(true, true, false, 1);
        return File.Exists(path) ? new(true, false, (File.GetAttributes(path) & FileAttributes.Device) != 0, 1) : default;
    }

    [SupportedOSPlatform("linux")]
    private static FileKind? Linux(string path)
    {
        const int CurrentFolder = -100;
        const uint TypeModeAndLinks = 0x7;
        const ushort Mask = 0xF000, Regular = 0x8000, Folder = 0x4000;
        // struct statx is the same on every architecture: links at 16, mode at 28, 256 bytes in all.
        Span<byte> buffer = stackalloc byte[256];
        try
        {
            if (statx(CurrentFolder, path, 0, TypeModeAndLinks, ref MemoryMarshal.GetReference(buffer)) != 0) return default(FileKind);
        }
        catch (EntryPointNotFoundException) { return null; }
        var (links, type) = (MemoryMarshal.Read<uint>(buffer[16..]), (ushort)(MemoryMarshal.Read<ushort>(buffer[28..]) & Mask));
        return new(true, type == Folder, type is not (Regular or Folder), links);
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, ref byte buffer);
}
