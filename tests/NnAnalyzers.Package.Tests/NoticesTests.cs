using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using NuGet.Packaging;

namespace NnAnalyzers.Package.Tests;

/// <summary>
/// What the tool ships of others is said in its THIRD-PARTY-NOTICES.txt, from the packages' own words. With NN_UPDATE=1 in the environment
/// the file is written anew.
/// </summary>
[Collection(nameof(Packed))]
public sealed partial class NoticesTests(Packed packed)
{
    private static readonly string Tool = Path.Combine(Packed.Root, "src", "NnAnalyzers.Tool");

    /// <summary>A package that the lock files name, and the assemblies of it that are shipped.</summary>
    private sealed record Origin(NuspecReader Nuspec, string Folder, List<string> Files);

    [Fact]
    public void The_notices_name_every_assembly_of_others()
    {
        var expected = Write(Origins());
        var path = Path.Combine(Tool, "THIRD-PARTY-NOTICES.txt");
        if (Environment.GetEnvironmentVariable("NN_UPDATE") == "1")
        {
            File.WriteAllText(path, expected);
            return;
        }
        Assert.True(File.ReadAllText(path) == expected, $"{path} is out of date: run the tests once with NN_UPDATE=1");
        Assert.Equal(File.ReadAllText(path), Encoding.UTF8.GetString(packed.Read("NnAnalyzers.Tool", "THIRD-PARTY-NOTICES.txt")));
    }

    /// <summary>Which package each assembly is from, known by its bytes.</summary>
    private List<Origin> Origins()
    {
        var packages = new[] { "Tool", "Companion" }
            .SelectMany(p => Locked(Path.Combine(Packed.Root, "src", $"NnAnalyzers.{p}", "packages.lock.json"))).Distinct()
            .Select(folder => new Origin(Nuspec(folder), folder, [])).OrderBy(p => p.Nuspec.GetId(), StringComparer.Ordinal).ToList();
        foreach (var entry in packed.Entries("NnAnalyzers.Tool").Where(e => Path.GetExtension(e) is ".dll" or ".exe" or ".so" or ".dylib"))
        {
            var name = Path.GetFileName(entry);
            if (name.StartsWith("NnAnalyzers.", StringComparison.Ordinal)) continue;
            var bytes = packed.Read("NnAnalyzers.Tool", entry);
            var origin = packages.Find(p => Directory.EnumerateFiles(p.Folder, name, SearchOption.AllDirectories)
                .Any(f => File.ReadAllBytes(f).AsSpan().SequenceEqual(bytes)));
            Assert.True(origin is not null, $"{entry} is in no package that a lock file names: nobody knows its licence");
            origin.Files.Add(entry.Replace("tools/net10.0/any/", ""));
        }
        return packages.FindAll(p => p.Files.Count > 0);
    }

    private static IEnumerable<string> Locked(string file)
    {
        using var locked = JsonDocument.Parse(File.ReadAllText(file));
        foreach (var package in locked.RootElement.GetProperty("dependencies").EnumerateObject().SelectMany(f => f.Value.EnumerateObject()))
            if (package.Value.TryGetProperty("resolved", out var version))
                yield return Path.Combine(Packed.Restored, package.Name.ToLowerInvariant(), version.GetString()!);
    }

    private static NuspecReader Nuspec(string folder) => new(Directory.GetFiles(folder, "*.nuspec").Single());

    private static string Write(List<Origin> origins)
    {
        var text = new StringBuilder("nn comes with these assemblies of others.\n");
        foreach (var (nuspec, _, files) in origins)
        {
            text.Append($"\n{nuspec.GetId()} {nuspec.GetVersion()}\n");
            var (copyright, authors) = (nuspec.GetCopyright(), nuspec.GetAuthors());
            text.Append($"  {(copyright == "" ? "Copyright " + authors : copyright)}\n");
            var licence = nuspec.GetLicenseMetadata();
            Assert.True(licence is { Type: LicenseType.Expression }, $"{nuspec.GetId()} names no SPDX licence: say here what it is under");
            text.Append($"  {licence.License}\n  {nuspec.GetProjectUrl()}\n");
            foreach (var file in files) text.Append($"  {file}\n");
        }
        foreach (var licence in origins.Select(o => o.Nuspec.GetLicenseMetadata()!.License).Distinct().Order(StringComparer.Ordinal))
            Section(licence, File.ReadAllText(Path.Combine(Tool, "Licences", licence + ".txt")));
        // What the packages themselves contain of others; many bring the same file.
        var notices = origins.SelectMany(o => Directory.EnumerateFiles(o.Folder, "*", SearchOption.AllDirectories)
            .Where(f => NoticeFile().IsMatch(Path.GetFileName(f))).Select(f => (o.Nuspec.GetId(), Text: Plain(f))));
        foreach (var same in notices.GroupBy(n => n.Text, n => n.Item1))
            Section("Notices of " + string.Join(", ", same.Distinct()), same.Key);
        return text.ToString();

        void Section(string title, string body) =>
            text.Append($"\n\n{new string('=', 80)}\n{title}\n{new string('=', 80)}\n\n{body.Trim()}\n");
    }

    private static string Plain(string file)
    {
        var text = File.ReadAllText(file).ReplaceLineEndings("\n");
        if (Path.GetExtension(file) == ".rtf")
        {
            // Words only: groups of settings go, paragraphs become lines.
            text = RichSettings().Replace(text, "");
            text = RichParagraph().Replace(text.Replace("\n", "").Replace("\0", ""), "\n");
            text = RichWord().Replace(text, "").Replace("{", "").Replace("}", "");
        }
        return string.Join('\n', text.Split('\n').Select(l => l.TrimEnd())).Trim();
    }

    [GeneratedRegex("^(third-?party-?notices?|notices?)(\\.(txt|md|rtf))?$", RegexOptions.IgnoreCase)]
    private static partial Regex NoticeFile();

    [GeneratedRegex(@"\{\\(fonttbl|colortbl|\*)([^{}]|\{[^{}]*\})*\}")]
    private static partial Regex RichSettings();

    [GeneratedRegex(@"\\par(?![a-z]) ?")]
    private static partial Regex RichParagraph();

    [GeneratedRegex(@"\\[a-z]+-?\d* ?")]
    private static partial Regex RichWord();
}
