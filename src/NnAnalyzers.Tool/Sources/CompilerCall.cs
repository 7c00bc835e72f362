using System.Text.Json;
using Microsoft.CodeAnalysis;

namespace NnAnalyzers.Tool.Sources;

/// <summary>
/// What the compiler would be given by <c>dotnet build</c>, for what is no project file: a file-based app, or a project that is written for
/// the packages of a script. The SDK restores and evaluates; nothing is compiled.
/// </summary>
/// <param name="Arguments">The compiler's command line.</param>
/// <param name="Projects">The projects it refers to, which are not built.</param>
internal sealed record CompilerCall(string Folder, IReadOnlyList<string> Arguments, IReadOnlyList<string> Projects)
{
    /// <exception cref="ToolException">It does not restore, or cannot be evaluated.</exception>
    public static async Task<CompilerCall> OfAsync(string path, string configuration, IEnumerable<string> properties,
        CancellationToken cancellation)
    {
        var folder = Path.GetDirectoryName(path)!;
        // As an editor asks: the compiler is prepared and not run, whatever an earlier build left.
        var (exit, output) = await Shell.DotNetAsync(["build", path, "--nologo", "-t:Compile", "-c", configuration,
            "-p:DesignTimeBuild=true", "-p:BuildingInsideVisualStudio=true", "-p:SkipCompilerExecution=true",
            "-p:ProvideCommandLineArgs=true", "-p:NonExistentFile=__none__/__none__", .. properties,
            "--getItem:CscCommandLineArgs", "--getItem:ProjectReference"], folder, cancellation);
        var start = output.IndexOf('{', StringComparison.Ordinal);
        if (exit != 0 || start < 0) throw new ToolException($"{path}: does not load: {Shell.FirstError(output)}");
        try
        {
            var bytes = System.Text.Encoding.UTF8.GetBytes(output[start..]);
            var reader = new Utf8JsonReader(bytes);
            using var json = JsonDocument.ParseValue(ref reader);
            List<string> Items(string kind, string field) => json.RootElement.GetProperty("Items").GetProperty(kind).EnumerateArray()
                .Select(i => i.GetProperty(field).GetString()!).ToList();
            return new(folder, Items("CscCommandLineArgs", "Identity"), Items("ProjectReference", "FullPath"));
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new ToolException($"{path}: does not load: the SDK gave no command line for the compiler", error);
        }
    }

    /// <summary>The project that the compiler would see; the projects it refers to are taken from the solution.</summary>
    public Solution AddTo(Solution solution, Workspace workspace, string name, out ProjectId id)
    {
        var own = solution.Projects.Where(p => Projects.Contains(p.FilePath, StringComparer.Ordinal)).DistinctBy(p => p.FilePath).ToList();
        var names = own.Select(p => p.AssemblyName + ".dll").ToHashSet(StringComparer.OrdinalIgnoreCase);
        // What these would be built into is not there, or old.
        bool IsThere(string argument) => !argument.StartsWith("/reference:", StringComparison.Ordinal)
            || argument["/reference:".Length..].Trim('"') is var file && !names.Contains(Path.GetFileName(file)) && File.Exists(file);
        var info = CommandLineProject.CreateProjectInfo(name, LanguageNames.CSharp, Arguments.Where(IsThere), Folder, workspace);
        id = info.Id;
        return solution.AddProject(info.WithProjectReferences(own.Select(p => new ProjectReference(p.Id))));
    }
}
