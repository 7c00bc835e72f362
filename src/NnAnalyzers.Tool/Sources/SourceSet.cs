using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.MSBuild;
using Microsoft.CodeAnalysis.Text;

namespace NnAnalyzers.Tool.Sources;

/// <summary>The code a command works on: a workspace and the projects of it that were asked for.</summary>
internal sealed class SourceSet : IDisposable
{
    private readonly Workspace _workspace;

    private SourceSet(Workspace workspace, Solution solution, IEnumerable<ProjectId> projects, IReadOnlyList<string> skipped)
    {
        _workspace = workspace;
        ProjectIds = projects.ToList();
        Solution = solution;
        Skipped = skipped;
    }

    public Solution Solution { get; }
    public IReadOnlyList<ProjectId> ProjectIds { get; }
    public IEnumerable<Project> Projects => ProjectIds.Select(id => Solution.GetProject(id)!);

    /// <summary>Each project once, whatever number of target frameworks it has: the first it names.</summary>
    public IEnumerable<Project> Programs => Projects.DistinctBy(p => (object?)p.FilePath ?? p.Id);

    /// <summary>What was asked for and not read, with the reason: nothing may be called clean then.</summary>
    public IReadOnlyList<string> Skipped { get; }

    public void SaySkipped()
    {
        foreach (var skipped in Skipped) Console.Error.WriteLine($"nn: not read: {skipped}");
    }

    public void Dispose() => _workspace.Dispose();

    /// <summary>
    /// Opens a .csproj, .sln or .slnx, a folder, or a .cs file. Projects are evaluated by MSBuild, which runs what they tell it to.
    /// <paramref name="loose"/> evaluates none: the code of a folder or project is read as it lies there, all as one, against the packages
    /// that an earlier restore found, or the TorchSharp that comes with this tool.
    /// </summary>
    /// <exception cref="ToolException">The path is missing, is no C#, or its project does not restore or load.</exception>
    public static async Task<SourceSet> OpenAsync(string path, string configuration, CancellationToken cancellation, bool loose = false)
    {
        if (path.Length == 0) throw new ToolException("the path is empty: give a .cs file, a .csproj, a .sln or a folder");
        var full = Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            var walk = new Walk(full);
            if (loose) return walk.Sources.Count > 0 ? Loose(walk.Sources, walk)
                : throw new ToolException($"{path}: no C# code in this folder");
            if (OfKind(full, ".sln", ".slnx") is [var only]) return await OpenProjectsAsync([only], walk, configuration, cancellation);
            if (walk.Projects.Count > 0) return await OpenProjectsAsync(walk.Projects, walk, configuration, cancellation);
            if (walk.Sources.Count == 0) throw new ToolException(walk.Skipped is [var first, ..] ? $"{path}: {first}"
                : $"{path}: no C# code and no project in this folder");
            return Loose(walk.Sources, walk);
        }
        if (InputFile.Trouble(full, InputFile.MostOfSource) is { } trouble)
            throw new ToolException($"{path}: {(trouble == "no such file" ? "no such file or folder" : trouble)}");
        return Path.GetExtension(full).ToLowerInvariant() switch
        {
            ".csproj" when loose && new Walk(Path.GetDirectoryName(full)!) is { Sources.Count: > 0 } around => Loose(around.Sources,
                around),
            ".csproj" or ".sln" or ".slnx" => await OpenProjectsAsync([full], null, configuration, cancellation),
            ".cs" => Loose([full], null),
            _ => throw new ToolException($"{path}: not C# (give a .cs file, a .csproj, a .sln or a folder)"),
        };
    }

    /// <summary>The code and the projects under a folder; links are not followed, so no way leads back to it.</summary>
    private sealed class Walk
    {
        public List<string> Sources { get; } = [];
        public List<string> Projects { get; } = [];
        public List<string> Skipped { get; } = [];

        public string Folder { get; }

        public Walk(string folder)
        {
            Folder = folder.Length > 1 ? folder.TrimEnd(Path.DirectorySeparatorChar) : folder;
            Into(folder);
            Sources.Sort(StringComparer.Ordinal);
            Projects.Sort(StringComparer.Ordinal);
        }

        private void Into(string folder)
        {
            FileSystemInfo[] entries;
            try { entries = new DirectoryInfo(folder).GetFileSystemInfos(); }
            catch (Exception error) when (error is UnauthorizedAccessException or IOException)
            {
                Skipped.Add($"{folder}: cannot be read: {error.Message}");
                return;
            }
            foreach (var entry in entries)
            {
                if (entry.Name.StartsWith('.') || (entry.Attributes & (FileAttributes.Hidden | FileAttributes.ReparsePoint)) != 0) continue;
                if (entry is DirectoryInfo)
                {
                    if (entry.Name is not ("bin" or "obj" or "artifacts" or "node_modules")) Into(entry.FullName);
                    continue;
                }
                var kept = entry.Extension.ToLowerInvariant() switch { ".cs" => Sources, ".csproj" => Projects, _ => null };
                if (kept is null) continue;
                if (InputFile.Trouble(entry.FullName, InputFile.MostOfSource) is { } trouble) Skipped.Add($"{entry.FullName}: {trouble}");
                else kept.Add(entry.FullName);
            }
        }
    }

    private static List<string> OfKind(string folder, params string[] extensions) =>
        Directory.EnumerateFiles(folder).Where(f => extensions.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase)).ToList();

    private static async Task<SourceSet> OpenProjectsAsync(IReadOnlyList<string> paths, Walk? walk, string configuration,
        CancellationToken cancellation)
    {
        var workspace = MSBuildWorkspace.Create(new Dictionary<string, string> { ["Configuration"] = configuration });
        workspace.SkipUnrecognizedProjects = true;
        var asked = new List<ProjectId>();
        try
        {
            // A project runs what it says while it is read, also one that nobody named.
            if (walk is not null && (paths.Count > 1 || Path.GetDirectoryName(paths[0]) != walk.Folder))
                foreach (var path in paths) Console.Error.WriteLine($"reads {Path.GetRelativePath(Directory.GetCurrentDirectory(), path)}");
            foreach (var path in paths)
            {
                var (exit, output) = await Shell.DotNetAsync(["restore", path, "--nologo", "-v", "q"],
                    Path.GetDirectoryName(path)!, cancellation);
                if (exit != 0) throw new ToolException($"{path}: the project does not restore: {Shell.FirstError(output)}");
                if (!Path.GetExtension(path).Equals(".csproj", StringComparison.OrdinalIgnoreCase))
                    asked.AddRange((await workspace.OpenSolutionAsync(path, cancellationToken: cancellation)).ProjectIds);
                else if (!workspace.CurrentSolution.Projects.Any(p => p.FilePath == path))
                    await workspace.OpenProjectAsync(path, cancellationToken: cancellation);
            }
            // One for each of its target frameworks.
            asked.AddRange(workspace.CurrentSolution.Projects.Where(p => paths.Contains(p.FilePath, StringComparer.Ordinal)).Select(p =>
                p.Id));
            var own = asked.Where(id => workspace.CurrentSolution.GetProject(id)?.Language == LanguageNames.CSharp).Distinct().ToList();
            if (own.Select(id => workspace.CurrentSolution.GetProject(id)!).FirstOrDefault(p => p.MetadataReferences.Count == 0) is {
                } broken)
            {
                var failure = workspace.Diagnostics.FirstOrDefault(d => d.Kind == WorkspaceDiagnosticKind.Failure);
                var why = failure?.Message.Split('\n')[0].Trim() ?? "it has no references";
                throw new ToolException($"{broken.FilePath}: the project does not load: {why}");
            }
            var skipped = new List<string>(walk?.Skipped ?? []);
            var solution = Readable(workspace.CurrentSolution, skipped);
            if (walk is not null && Beside(walk) is { Count: > 0 } beside) own.Add(AddLoose(ref solution, beside, null));
            return new SourceSet(workspace, solution, own, skipped);
        }
        catch (Exception error) when (error is not (ToolException or OperationCanceledException))
        {
            workspace.Dispose();
            throw new ToolException($"{paths[0]}: the project does not load: {error.Message.Split('\n')[0].Trim()}", error);
        }
    }

    /// <summary>The code that lies in no project's folder.</summary>
    private static List<string> Beside(Walk walk)
    {
        var folders = walk.Projects.Select(p => Path.GetDirectoryName(p)! + Path.DirectorySeparatorChar).ToList();
        return walk.Sources.Where(s => !folders.Any(f => s.StartsWith(f, StringComparison.Ordinal))).ToList();
    }

    /// <summary>Without the documents that would keep their reader waiting, or without end.</summary>
    private static Solution Readable(Solution solution, List<string> skipped)
    {
        foreach (var document in solution.Projects.SelectMany(p => p.Documents).ToList())
            if (document.FilePath is { } path && InputFile.Trouble(path, InputFile.MostOfSource) is { } trouble
                && trouble != "no such file")
            {
                solution = solution.RemoveDocument(document.Id);
                skipped.Add($"{path}: {trouble}");
            }
        return solution;
    }

    /// <summary>Code without a project: read against the TorchSharp that comes with this tool and this machine's .NET.</summary>
    private static SourceSet Loose(IReadOnlyList<string> files, Walk? walk)
    {
        var workspace = new AdhocWorkspace();
        var solution = workspace.CurrentSolution;
        var id = AddLoose(ref solution, files, walk);
        return new SourceSet(workspace, solution, [id], walk?.Skipped ?? []);
    }

    /// <summary>The assemblies of this machine's .NET, without those of the tool.</summary>
    public static IEnumerable<string> Platform => ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        .Where(p => Path.GetDirectoryName(p) == Path.GetDirectoryName(typeof(object).Assembly.Location));

    private static ProjectId AddLoose(ref Solution solution, IReadOnlyList<string> files, Walk? walk)
    {
        // Old packages bring parts of the platform themselves; every type would be there twice.
        var platform = Platform.Select(Path.GetFileName).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var packages = walk?.Projects.SelectMany(RestoredPackages.Of).DistinctBy(Path.GetFileName)
            .Where(p => !platform.Contains(Path.GetFileName(p))).ToList() ?? [];
        if (!packages.Any(p => Path.GetFileName(p) == "TorchSharp.dll"))
            packages.Add(Path.Combine(AppContext.BaseDirectory, "refs", "TorchSharp.dll"));
        var references = Platform.Concat(packages).Select(p => (MetadataReference)MetadataReference.CreateFromFile(p));
        // Neither a library nor a program is asked for, so code with and without a Main both read.
        var project = ProjectInfo.Create(ProjectId.CreateNewId(), VersionStamp.Default, "code", "code", LanguageNames.CSharp,
            compilationOptions: new CSharpCompilationOptions(OutputKind.ConsoleApplication,
                nullableContextOptions: NullableContextOptions.Annotations, allowUnsafe: true),
            parseOptions: new CSharpParseOptions(LanguageVersion.Preview), metadataReferences: references);
        solution = solution.AddProject(project);
        foreach (var file in files)
            solution = solution.AddDocument(DocumentId.CreateNewId(project.Id), Path.GetFileName(file), InputFile.ReadSource(file),
                filePath: file);
        var usual = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; "
            + "global using System.Threading.Tasks;"
            + string.Concat((walk?.Projects ?? []).SelectMany(GlobalUsings.In).Distinct());
        solution = solution.AddDocument(DocumentId.CreateNewId(project.Id), "ImplicitUsings.g.cs", SourceText.From(usual),
            filePath: "ImplicitUsings.g.cs");
        return project.Id;
    }
}
