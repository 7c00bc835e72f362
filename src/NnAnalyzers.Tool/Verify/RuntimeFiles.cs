using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.CodeAnalysis;
using NnAnalyzers.Tool.Sources;

namespace NnAnalyzers.Tool.Verify;

/// <summary>
/// What the jobs need beside the programs: the runner, and the project's own TorchSharp and other dependencies, all in
/// the folder app. libtorch is large; it stays in its package and the plan says where, unless it is asked for.
/// </summary>
internal sealed class RuntimeFiles(string folder)
{
    private readonly string _app = Path.Combine(folder, Runner.Plan.AppFolder);

    /// <summary>Copies the files and answers where libtorch is; null when a run must bring its own.</summary>
    public async Task<string?> CopyAsync(Project project, string? runtime, bool withLibTorch, CancellationToken cancellation)
    {
        var rid = runtime ?? PortableRid();
        Directory.CreateDirectory(_app);
        string? libTorch = null;
        foreach (var (path, native, package) in await DependenciesAsync(project.FilePath!, cancellation))
        {
            if (native is not null && native != rid) continue;
            if (native is not null && package.StartsWith("libtorch", StringComparison.OrdinalIgnoreCase))
            {
                libTorch ??= Path.GetDirectoryName(path);
                if (!withLibTorch) continue;
            }
            Copy(ForThisRuntime(path, package), Path.Combine(_app, Path.GetFileName(path)));
        }
        // A project that does not know the companion gets the one that comes with this tool.
        if (!File.Exists(Path.Combine(_app, "NnAnalyzers.Companion.dll")))
            foreach (var file in new[] { Path.Combine("companion", "NnAnalyzers.Companion.dll"), "OxyPlot.dll" })
                Copy(Path.Combine(AppContext.BaseDirectory, file), Path.Combine(_app, Path.GetFileName(file)));
        foreach (var file in new[] { "NnAnalyzers.Runner.dll", "NnAnalyzers.Runner.runtimeconfig.json" })
            Copy(Path.Combine(AppContext.BaseDirectory, file), Path.Combine(_app, file));
        if (runtime is not null) await AddRuntimeAsync(runtime, cancellation);
        return withLibTorch || runtime is not null ? null : libTorch;
    }

    /// <summary>
    /// A project for an older .NET gets TorchSharp's netstandard build, which
    /// does not find libtorch here; the package has one for the runner's .NET.
    /// </summary>
    private static string ForThisRuntime(string path, string package) =>
        package == "TorchSharp" && Path.Combine(Path.GetDirectoryName(path)!, "..", "net8.0", Path.GetFileName(path)) is var newer
            && File.Exists(newer) ? Path.GetFullPath(newer) : path;

    private static string PortableRid()
    {
        var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
    }

    private readonly Dictionary<string, string> _copied = [];

    private void Copy(string from, string to)
    {
        // All projects share the folder, as they would share a process.
        if (_copied.TryGetValue(to, out var other) && other != from
            && !File.ReadAllBytes(other).AsSpan().SequenceEqual(File.ReadAllBytes(from)))
            throw new ToolException($"{other} and {from} differ: verify the projects that need them one at a time");
        _copied[to] = from;
        if (File.Exists(to) && new FileInfo(to) is var there && new FileInfo(from) is var here && there.Length == here.Length
            && there.LastWriteTimeUtc == here.LastWriteTimeUtc) return;
        File.Copy(from, to, overwrite: true);
    }

    /// <summary>Asks MSBuild for every file the project would be copied out with.</summary>
    private static async Task<IReadOnlyList<(string Path, string? Rid, string Package)>> DependenciesAsync(string project,
        CancellationToken cancellation)
    {
        var (exit, output) = await Shell.DotNetAsync(["msbuild", project, "-nologo", "-t:ResolveReferences", "-p:Configuration=Release",
            "-p:CopyLocalLockFileAssemblies=true", "-getItem:ReferenceCopyLocalPaths"],
            Path.GetDirectoryName(project)!, cancellation);
        if (exit != 0 || output.IndexOf('{', StringComparison.Ordinal) is not (>= 0 and var start))
            throw new ToolException($"{project}: the project does not build: {Shell.FirstError(output)}");
        using var json = JsonDocument.Parse(output[start..(output.LastIndexOf('}') + 1)]);
        return json.RootElement.GetProperty("Items").GetProperty("ReferenceCopyLocalPaths").EnumerateArray().Select(item =>
        {
            string Text(string name) => item.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
            var parts = Text("DestinationSubDirectory").Replace('\\', '/').Split('/');
            return (Text("FullPath"), parts is ["runtimes", var rid, "native", ..] ? rid : null, Text("NuGetPackageId"));
        }).Where(f => f.Item2 is not null || f.Item1.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)).ToList();
    }

    /// <summary>Publishes a start program with the .NET runtime in it, for machines that have none.</summary>
    private async Task AddRuntimeAsync(string runtime, CancellationToken cancellation)
    {
        using var scratch = new Runner.ScratchFolder();
        await File.WriteAllTextAsync(Path.Combine(scratch.Path, "nn-run.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework>
                <InvariantGlobalization>true</InvariantGlobalization>
              </PropertyGroup>
              <ItemGroup><Reference Include="{Path.Combine(AppContext.BaseDirectory, "NnAnalyzers.Runner.dll")}" /></ItemGroup>
            </Project>
            """, cancellation);
        await File.WriteAllTextAsync(Path.Combine(scratch.Path, "Program.cs"),
            "return NnAnalyzers.Runner.Program.Main(args);", cancellation);
        var (exit, output) = await Shell.DotNetAsync(["publish", scratch.Path, "-r", runtime, "--self-contained", "-c", "Release",
            "-o", Path.GetFullPath(_app), "--nologo"], scratch.Path, cancellation);
        if (exit != 0) throw new ToolException($"no self-contained runner for {runtime}: {Shell.FirstError(output)}");
    }
}
