using System.Text;

namespace NnAnalyzers.Reliability;

/// <summary>Files as they lie about: nn fix keeps every byte it does not mean to change, or leaves the file alone and says so.</summary>
internal sealed class Encodings() : Listed("encodings",
    "nn fix keeps every byte that the fix does not change, rights and links too, or leaves the file alone and says so",
    Kinds.Select(k => k.Name))
{
    /// <param name="Bytes">Of Net.cs.</param>
    /// <param name="IsFixed">It can be; else it must stay as it is, with exit code 1 or 2.</param>
    private sealed record Kind(string Name, Func<byte[]> Bytes, bool IsFixed = true, Action<FaultFolder>? Around = null,
        bool IsLink = false);

    private static byte[] As(Encoding encoding, string text, bool mark = false) => [.. mark ? encoding.GetPreamble() : [],
        .. encoding.GetBytes(text)];

    private const string Words = "// für alle: naïve Größe\n" + FaultFolder.Flagged;

    private static readonly UTF8Encoding Plain = new(false);

    private static readonly Kind[] Kinds =
    [
        new("UTF-8", () => As(Plain, Words)),
        new("UTF-8 with a byte order mark", () => As(new UTF8Encoding(true), Words, true)),
        new("UTF-16, little end first", () => As(Encoding.Unicode, Words, true)),
        new("UTF-16, big end first", () => As(Encoding.BigEndianUnicode, Words, true)),
        new("UTF-32", () => As(Encoding.UTF32, Words, true)),
        new("Latin-1", () => As(Encoding.Latin1, Words), IsFixed: false),
        new("ASCII", () => As(Encoding.ASCII, FaultFolder.Flagged)),
        new("broken UTF-8 in a comment", () => [.. "// "u8, 0xFF, 0xFE, 0xC3, 0x28, (byte)'\n', .. As(Plain, FaultFolder.Flagged)],
            IsFixed: false),
        new("half a character at the end", () => [.. As(Plain, FaultFolder.Flagged), .. "// "u8, 0xE2, 0x82], IsFixed: false),
        new("a lone surrogate", () => [.. "// "u8, 0xED, 0xA0, 0x80, (byte)'\n', .. As(Plain, FaultFolder.Flagged)], IsFixed: false),
        new("lines of Windows", () => As(Plain, Words.Replace("\n", "\r\n", StringComparison.Ordinal))),
        new("lines of both kinds", () => As(Plain, Words.Replace(";\n", ";\r\n", StringComparison.Ordinal))),
        new("lines of the old Macintosh", () => As(Plain, FaultFolder.Flagged.Replace("\n", "\r", StringComparison.Ordinal))),
        new("no line break at the end", () => As(Plain, Words.TrimEnd('\n'))),
        new("tabs and blanks at the ends", () => As(Plain, Words.Replace("\n", " \t\n", StringComparison.Ordinal))),
        new("zero characters in a comment", () => As(Plain, "// a\0b\n" + FaultFolder.Flagged)),
        new("a link to the file", () => As(Plain, Words), true, f => { File.Move(f.At("Net.cs"), f.At("real.txt"));
            File.CreateSymbolicLink(f.At("Net.cs"), f.At("real.txt")); }, IsLink: true),
        new("a chain of links", () => As(Plain, Words), true, f => { File.Move(f.At("Net.cs"), f.At("real.txt"));
            File.CreateSymbolicLink(f.At("between"), f.At("real.txt")); File.CreateSymbolicLink(f.At("Net.cs"), "between"); },
            IsLink: true),
        new("a hard link", () => As(Plain, Words), false, f => ToolRun.Shell(f.Path, "ln Net.cs Other.txt")),
        new("read-only", () => As(Plain, Words), false, f => File.SetUnixFileMode(f.At("Net.cs"), UnixFileMode.UserRead)),
        new("rights of its own", () => As(Plain, Words), true, f => File.SetUnixFileMode(f.At("Net.cs"), (UnixFileMode)0b111_101_000)),
        new("a name with blanks and quotes", () => As(Plain, Words), true, f => File.Move(f.At("Net.cs"), f.At("it's a \"net\".cs"))),
        new("a name with a line break", () => As(Plain, Words), true, f => File.Move(f.At("Net.cs"), f.At("a\nb.cs"))),
        new("a name of another script", () => As(Plain, Words), true, f => File.Move(f.At("Net.cs"), f.At("сеть 网络.cs"))),
    ];

    protected override string? Try(int at, Random random)
    {
        var kind = Kinds[at];
        using var folder = new FaultFolder();
        File.WriteAllBytes(folder.At("Net.cs"), kind.Bytes());
        kind.Around?.Invoke(folder);
        var file = Directory.EnumerateFiles(folder.Path, "*.cs").Single();
        var (before, rights) = (File.ReadAllBytes(file), File.GetUnixFileMode(file));
        var end = ToolRun.Run(folder.Path, "fix", file);
        var after = File.ReadAllBytes(file);
        if (end.Trouble is { } trouble) return trouble;
        if (File.GetUnixFileMode(file) != rights) return "lost its rights";
        if (kind.IsLink && new FileInfo(file).LinkTarget is null) return "is no link any more";
        if (Directory.EnumerateFiles(folder.Path, ".*.nn-tmp").Any()) return "left a file behind";
        if (!kind.IsFixed)
            return !after.AsSpan().SequenceEqual(before) ? "changed it"
                : end.ExitCode == 0 ? "does not say that it was left alone" : null;
        return end.ExitCode != 0 ? $"exit code {end.ExitCode}: {end.Errors.Trim()}" : Differ(before, after);
    }

    /// <summary>The bytes of the activation, and only these, are gone: what is left stands there in one piece before and after.</summary>
    private static string? Differ(byte[] before, byte[] after)
    {
        var (head, tail) = (0, 0);
        while (head < after.Length && before[head] == after[head]) head++;
        while (tail < after.Length - head && before[^(tail + 1)] == after[^(tail + 1)]) tail++;
        var gone = before.Length - after.Length;
        return head + tail != after.Length ? "changed more than the fix"
            : gone is 8 or 16 or 32 ? null : $"{gone} bytes are gone, not those of the activation";
    }
}
