using System.IO.Compression;

namespace NnAnalyzers.Package.Tests;

/// <summary>The same source gives the same packages, byte for byte, wherever it lies and whenever it is built.</summary>
public sealed class ReproducibleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("nn-twice-").FullName;

    [Fact]
    public void Two_copies_give_the_same_packages()
    {
        var one = Pack(Path.Combine(_folder, "one"), "UTC");
        var other = Pack(Path.Combine(_folder, "another", "further", "down"), "Asia/Tokyo");
        var names = Directory.GetFiles(one).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(["NnAnalyzers", "NnAnalyzers.Companion", "NnAnalyzers.Tool"],
            names.Select(n => n[..n.IndexOf(".0.", StringComparison.Ordinal)]));
        var differences = names
            .SelectMany(n => Differences(Path.Combine(one, n), Path.Combine(other, n)).Select(d => $"{n}: {d}")).ToList();
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    /// <summary>What .ci/pack does in a copy of the sources. The warnings of analyzers are not asked for here.</summary>
    private static string Pack(string to, string timeZone)
    {
        foreach (var file in Directory.GetFiles(Packed.Root)) Copy(file, to);
        foreach (var part in new[] { "src", "docs" })
            foreach (var file in Directory.GetFiles(Path.Combine(Packed.Root, part), "*", SearchOption.AllDirectories)) Copy(file, to);
        var environment = new Dictionary<string, string> { ["CI"] = "true", ["SOURCE_DATE_EPOCH"] = "1700000000", ["TZ"] = timeZone };
        Packed.Must(Packed.DotNet(to, environment, "pack", "Packages.slnf", "-c", "Release", "-o", "packages",
            "-p:RunAnalyzers=false"));
        return Path.Combine(to, "packages");
    }

    private static void Copy(string file, string to)
    {
        var target = Path.Combine(to, Path.GetRelativePath(Packed.Root, file));
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(file, target);
    }

    private static IEnumerable<string> Differences(string one, string other)
    {
        if (File.ReadAllBytes(one).AsSpan().SequenceEqual(File.ReadAllBytes(other))) yield break;
        using ZipArchive a = ZipFile.OpenRead(one), b = ZipFile.OpenRead(other);
        yield return "differs";
        if (!a.Entries.Select(e => e.FullName).SequenceEqual(b.Entries.Select(e => e.FullName)))
            yield return "other entries, or in another order";
        foreach (var entry in a.Entries)
        {
            if (b.GetEntry(entry.FullName) is not { } twin) yield return $"{entry.FullName} is in one only";
            else if (entry.LastWriteTime.DateTime != twin.LastWriteTime.DateTime) yield return $"{entry.FullName} has another date";
            else if (entry.Crc32 != twin.Crc32) yield return $"{entry.FullName} has other content";
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
