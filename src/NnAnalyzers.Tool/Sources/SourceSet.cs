using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.MSBuild;
using Microsoft.CodeAnalysis.Text;

namespace NnAnalyzers.Tool.Sources;

/// <summary>The code a command works on: a workspace and the projects of it that were asked for.</summary>
internal sealed class SourceSet : IDisposable
{
    private readonly Workspace _workspace;

    private SourceSet(Workspace workspace, IEnumerable<ProjectId> projects)
    {
        _workspace = workspace;
        ProjectIds = projects.ToList();
        Solution = workspace.CurrentSolution;
    }

    public Solution Solution { get; }
    public IReadOnlyList<ProjectId> ProjectIds { get; }
    public IEnumerable<Project> Projects => ProjectIds.Select(id => Solution.GetProject(id)!);

    public void Dispose() => _workspace.Dispose();

    /// <summary>
    /// Opens a .csproj, .sln or .slnx, a folder, or a .cs file. <paramref name="loose"/> reads a folder's code without restoring its
    /// projects, all as one, against the TorchSharp that comes with this tool.
    /// </summary>
    /// <exception cref="ToolException">The path is missing, is no C#, or its project does not restore or load.</exception>
    public static async Task<SourceSet> OpenAsync(string path, string configuration, CancellationToken cancellation, bool loose = false)
    {
        var full = Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            if (loose && Files(full, "*.cs") is { Count: > 0 } all) return Loose(all, Files(full, "*.csproj"));
            if (OfKind(full, ".sln", ".slnx") is [var only]) return await OpenProjectsAsync([only], configuration, cancellation);
            var projects = Files(full, "*.csproj");
            if (projects.Count > 0) return await OpenProjectsAsync(projects, configuration, cancellation);
            var sources = Files(full, "*.cs");
            if (sources.Count == 0) throw new ToolException($"{path}: no C# code and no project in this folder");
            return Loose(sources);
        }
        if (!File.Exists(full)) throw new ToolException($"{path}: no such file or folder");
        return Path.GetExtension(full).ToLowerInvariant() switch
        {
            ".csproj" or ".sln" or ".slnx" => await OpenProjectsAsync([full], configuration, cancellation),
            ".cs" => Loose([full]),
            _ => throw new ToolException($"{path}: not C# (give a .cs file, a .csproj, a .sln or a folder)"),
        };
    }

    private static List<string> OfKind(string folder, params string[] extensions) =>
        Directory.EnumerateFiles(folder).Where(f => extensions.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase)).ToList();

    private static List<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(folder, pattern, new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true,
            AttributesToSkip = FileAttributes.Hidden | FileAttributes.ReparsePoint })
            .Where(f => !Path.GetRelativePath(folder, f).Split(Path.DirectorySeparatorChar)
                .Any(p => p is "bin" or "obj" or "artifacts" or "node_modules"))
            .Order(StringComparer.Ordinal).ToList();

    private static async Task<SourceSet> OpenProjectsAsync(IReadOnlyList<string> paths, string configuration,
        CancellationToken cancellation)
    {
        var workspace = MSBuildWorkspace.Create(new Dictionary<string, string> { ["Configuration"] = configuration });
        workspace.SkipUnrecognizedProjects = true;
        var asked = new List<ProjectId>();
        try
        {
            foreach (var path in paths)
            {
                var (exit, output) = await Shell.DotNetAsync(["restore", path, "--nologo", "-v", "q"],
                    Path.GetDirectoryName(path)!, cancellation);
                if (exit != 0) throw new ToolException($"{path}: the project does not restore: {Shell.FirstError(output)}");
                if (Path.GetExtension(path).Equals(".csproj", StringComparison.OrdinalIgnoreCase))
                    asked.Add(workspace.CurrentSolution.Projects
                        .FirstOrDefault(p => string.Equals(p.FilePath, path, StringComparison.Ordinal))?.Id
                        ?? (await workspace.OpenProjectAsync(path, cancellationToken: cancellation)).Id);
                else
                    asked.AddRange((await workspace.OpenSolutionAsync(path, cancellationToken: cancellation)).ProjectIds);
            }
            var set = new SourceSet(workspace,
                asked.Where(id => workspace.CurrentSolution.GetProject(id)?.Language == LanguageNames.CSharp).Distinct());
            if (set.Projects.FirstOrDefault(p => p.MetadataReferences.Count == 0) is { } broken)
            {
                var failure = workspace.Diagnostics.FirstOrDefault(d => d.Kind == WorkspaceDiagnosticKind.Failure);
                var why = failure?.Message.Split('\n')[0].Trim() ?? "it has no references";
                throw new ToolException($"{broken.FilePath}: the project does not load: {why}");
            }
            return set;
        }
        catch (Exception error) when (error is not (ToolException or OperationCanceledException))
        {
            workspace.Dispose();
            throw new ToolException($"{paths[0]}: the project does not load: {error.Message.Split('\n')[0].Trim()}", error);
        }
    }

    /// <summary>Code without a project: read against the TorchSharp that comes with this tool and this machine's .NET.</summary>
    private static SourceSet Loose(IReadOnlyList<string> files, IReadOnlyList<string>? projects = null)
    {
        var workspace = new AdhocWorkspace();
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => Path.GetDirectoryName(p) == Path.GetDirectoryName(typeof(object).Assembly.Location))
            .Append(Path.Combine(AppContext.BaseDirectory, "refs", "TorchSharp.dll"))
            .Select(p => (MetadataReference)MetadataReference.CreateFromFile(p));
        // Neither a library nor a program is asked for, so code with and without a Main both read.
        var project = ProjectInfo.Create(ProjectId.CreateNewId(), VersionStamp.Default, "code", "code", LanguageNames.CSharp,
            compilationOptions: new CSharpCompilationOptions(OutputKind.ConsoleApplication,
                nullableContextOptions: NullableContextOptions.Annotations, allowUnsafe: true),
            parseOptions: new CSharpParseOptions(LanguageVersion.Preview), metadataReferences: references);
        var solution = workspace.CurrentSolution.AddProject(project);
        foreach (var file in files)
        {
            using var stream = File.OpenRead(file);
            solution = solution.AddDocument(DocumentId.CreateNewId(project.Id), Path.GetFileName(file),
                SourceText.From(stream), filePath: file);
        }
        var usual = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; "
            + "global using System.Threading.Tasks;"
            + string.Concat((projects ?? []).SelectMany(GlobalUsings.In).Distinct());
        solution = solution.AddDocument(DocumentId.CreateNewId(project.Id), "ImplicitUsings.g.cs", SourceText.From(usual),
            filePath: "ImplicitUsings.g.cs");
        if (!workspace.TryApplyChanges(solution)) throw new ToolException($"{files[0]}: the code cannot be read");
        return new SourceSet(workspace, [project.Id]);
    }
}
