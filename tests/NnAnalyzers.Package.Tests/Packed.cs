using System.Diagnostics;
using System.IO.Compression;
using System.Reflection;
using System.Text.RegularExpressions;

namespace NnAnalyzers.Package.Tests;

/// <summary>Packed once for all tests that look into the packages.</summary>
[CollectionDefinition(nameof(Packed))]
public sealed class OncePacked : ICollectionFixture<Packed>;

/// <summary>The packages as a user gets them, packed once from what was built, and a project that has restored them.</summary>
public sealed partial class Packed : IDisposable
{
    public const string Version = "0.1.0-test";
    public static readonly string Root = Path.GetFullPath(Metadata("RepositoryRoot"));

    private static string Metadata(string key) =>
        typeof(Packed).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;

    /// <summary>Where the packages lie that the solution has restored.</summary>
    public static string Restored { get; } =
        DotNet(Root, "nuget", "locals", "global-packages", "--list").Output.Split("global-packages:")[1].Trim();

    public string Folder { get; } = Directory.CreateTempSubdirectory("nn-package-").FullName;
    public string Feed => Path.Combine(Folder, "feed");
    public string Consumer => Path.Combine(Folder, "consumer");

    public Packed()
    {
        foreach (var project in new[] { "CodeFixes", "Companion", "Tool" })
            Must(DotNet(Root, "pack", $"src/NnAnalyzers.{project}", "--no-build", "-c", Metadata("Configuration"), "-o", Feed,
                "-p:PackageVersion=" + Version));
        // A folder of its own for what is restored, so that no other build ever
        // meets these packages; everything else comes from the usual one.
        File.WriteAllText(Path.Combine(Folder, "nuget.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="packages" /></config>
              <fallbackPackageFolders><add key="usual" value="{Restored}" /></fallbackPackageFolders>
              <packageSources><add key="packed" value="feed" /></packageSources>
            </configuration>
            """);
        File.WriteAllText(Path.Combine(Folder, "Directory.Build.props"),
            $"<Project><PropertyGroup><NnVersion>{Version}</NnVersion></PropertyGroup></Project>");
        File.WriteAllText(Path.Combine(Folder, ".editorconfig"), "root = true\n");
        CopyConsumer("consumer");
    }

    /// <summary>A fresh copy of the project, restored.</summary>
    public string CopyConsumer(string name)
    {
        var to = Directory.CreateDirectory(Path.Combine(Folder, name)).FullName;
        foreach (var file in Directory.GetFiles(Path.Combine(Root, "tests", "NnAnalyzers.Package.Tests", "Consumer")))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        Must(DotNet(to, "restore"));
        return to;
    }

    public static (int ExitCode, string Output) DotNet(string folder, params string[] arguments) => DotNet(folder, [], arguments);

    public static (int ExitCode, string Output) DotNet(string folder, Dictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
            { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        // The tests may run under MSBuild; its variables are not for what they start. Nor is a package folder from outside.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)
            || k is "NUGET_PACKAGES" or "CI").ToList()) start.Environment.Remove(name);
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    public static string Must((int ExitCode, string Output) result)
    {
        Assert.True(result.ExitCode == 0, result.Output);
        return result.Output;
    }

    /// <summary>Builds a project anew and gives what it says about rules, as "warning NN1001 Forecaster.cs(18,16)".</summary>
    public static (int ExitCode, IReadOnlyList<string> Said, string Output) Build(string folder, params string[] settings)
    {
        var (exit, output) = DotNet(folder,
            ["build", "--no-restore", "-t:Rebuild", "-clp:NoSummary", .. settings]);
        return (exit, FindingLine().Matches(output).Select(m => $"{m.Groups[2]} {m.Groups[3]} {m.Groups[1]}").Distinct()
            .Order(StringComparer.Ordinal).ToList(), output);
    }

    [GeneratedRegex(@"([\w.]+\.cs\(\d+,\d+\)): (\w+) (NN\d+|AD\d+)")]
    private static partial Regex FindingLine();

    public IReadOnlyList<string> Entries(string package)
    {
        using var archive = ZipFile.OpenRead(Path.Combine(Feed, $"{package}.{Version}.nupkg"));
        return archive.Entries.Select(e => e.FullName)
            .Where(e => !e.EndsWith(".psmdcp", StringComparison.Ordinal) && e is not ("_rels/.rels" or "[Content_Types].xml"))
            .Order(StringComparer.Ordinal).ToList();
    }

    public byte[] Read(string package, string entry)
    {
        using var archive = ZipFile.OpenRead(Path.Combine(Feed, $"{package}.{Version}.nupkg"));
        using var stream = archive.GetEntry(entry)!.Open();
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
