using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.MSBuild;
using Microsoft.CodeAnalysis.Text;
using NnAnalyzers.Runner;

namespace NnAnalyzers.Tool.Sources;

/// <summary>The code a command works on: a workspace and the projects of it that were asked for.</summary>
internal sealed class SourceSet : IDisposable
{
    private const string Wanted = "give a .cs file, a .csproj, a solution, a notebook or a folder";

    private readonly Workspace _workspace;
    private readonly List<ProjectId> _projects = [];
    private readonly List<string> _skipped = [];

    private SourceSet(Workspace workspace)
    {
        _workspace = workspace;
        Solution = workspace.CurrentSolution;
    }

    public Solution Solution { get; private set; }
    public IReadOnlyList<ProjectId> ProjectIds => _projects;
    public IEnumerable<Project> Projects => ProjectIds.Select(id => Solution.GetProject(id)!);

    /// <summary>Each project once, whatever number of target frameworks it has: the first it names.</summary>
    public IEnumerable<Project> Programs => Projects.DistinctBy(p => (object?)p.FilePath ?? p.Id);

    /// <summary>What was asked for and not read, with the reason: nothing may be called clean then.</summary>
    public IReadOnlyList<string> Skipped => _skipped;

    /// <summary>The file or folder of a project that was named alone: the project is read, and only what is found there is told.</summary>
    public string? Part { get; private set; }

    public bool IsAsked(Diagnostic finding) => finding.Location.SourceTree is null || IsAsked(finding.Location.SourceTree);

    public bool IsAsked(SyntaxTree? tree) => Part is null || IsIn(Part, tree?.FilePath);

    private static bool IsIn(string part, string? file) => file is not null
        && (file == part
            || file.StartsWith(part.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal));

    /// <summary>What is read as one (<see cref="Reading"/>).</summary>
    public async Task<IReadOnlyList<Reading>> ReadAsync(CancellationToken cancellation) =>
        (await Reading.AllAsync(Solution, _projects, cancellation)).Select(r => r.Reading).ToList();

    /// <summary>What is found in what was asked for.</summary>
    /// <param name="solution">With the texts that were saved since; null for the code as it was opened.</param>
    public async Task<IReadOnlyList<Diagnostic>> FindAsync(Preset? preset, CancellationToken cancellation, Solution? solution = null)
    {
        var findings = new List<Diagnostic>();
        foreach (var (_, reading) in await Reading.AllAsync(solution ?? Solution, _projects, cancellation, withModes: preset is null))
            findings.AddRange((await Analysis.FindAsync(reading, cancellation, preset)).Where(IsAsked));
        return findings;
    }

    public void SaySkipped()
    {
        foreach (var skipped in Skipped) Console.Error.WriteLine($"nn: not read: {skipped}");
    }

    public void Dispose() => _workspace.Dispose();

    /// <summary>
    /// Opens a project, a solution, a folder, a .cs file or a notebook. Projects are evaluated by MSBuild, which runs what they tell it
    /// to; a file is read as part of the project that compiles it, if there is one above it.
    /// <paramref name="loose"/> evaluates none: the code of a folder or project is read as it lies there, all as one, against the packages
    /// that an earlier restore found, or the TorchSharp that comes with this tool.
    /// </summary>
    /// <param name="toRun">What cannot be run by this tool, notebooks and programs of a file, is left out.</param>
    /// <exception cref="ToolException">The path is missing, is no C#, or its project does not restore or load.</exception>
    public static async Task<SourceSet> OpenAsync(string path, string configuration, CancellationToken cancellation, bool loose = false,
        bool toRun = false)
    {
        if (path.Length == 0) throw new ToolException($"the path is empty: {Wanted}");
        var full = Path.GetFullPath(path);
        var isFolder = Directory.Exists(full);
        if (!isFolder && InputFile.Trouble(full, InputFile.MostOfSource) is { } trouble)
            throw new ToolException($"{path}: {(trouble == "no such file" ? "no such file or folder" : trouble)}");
        if (toRun && !isFolder && (Notebook.Is(full) || Path.GetExtension(full) == ".cs" && FileBasedApp.Is(full)))
            throw new ToolException(Notebook.Is(full) ? $"{path}: a notebook is checked and fixed, but not run: call Probe.Run in a cell"
                : $"{path}: a program without a project is checked and fixed, but not run: dotnet project convert makes a project of it");
        var set = new SourceSet(loose ? new AdhocWorkspace()
            : MSBuildWorkspace.Create(new Dictionary<string, string> { ["Configuration"] = configuration }));
        try
        {
            if (isFolder) await set.OpenFolderAsync(path, new Walk(full), configuration, toRun, cancellation);
            else await set.OpenFileAsync(path, full, configuration, cancellation);
            return set;
        }
        catch
        {
            set.Dispose();
            throw;
        }
    }

    private async Task OpenFileAsync(string path, string full, string configuration, CancellationToken cancellation)
    {
        var kind = Path.GetExtension(full).ToLowerInvariant();
        if (Notebook.Is(full)) await AddScriptsAsync([full], configuration, cancellation);
        else if (kind is ".csproj" && IsLoose)
        {
            var around = new Walk(Path.GetDirectoryName(full)!);
            if (around.Sources.Count == 0) throw new ToolException($"{path}: no C# code beside this project");
            AddLoose(around.Sources, around);
        }
        else if (kind is ".csproj" or ".sln" or ".slnx" or ".slnf" && !IsLoose) await OpenProjectsAsync([full], null, cancellation);
        else if (kind is not ".cs")
            throw new ToolException($"{path}: {(kind is ".sln" or ".slnx" or ".slnf"
                ? "solutions are read with MSBuild only: leave --loose out, or give a folder" : $"not C# ({Wanted})")}");
        else if (IsLoose) AddLoose([full], null);
        else if (FileBasedApp.Is(full)) await AddAppsAsync([full], configuration, cancellation);
        else if (!await OpenAboveAsync(full, cancellation)) AddLoose([full], null);
    }

    private async Task OpenFolderAsync(string path, Walk walk, string configuration, bool toRun, CancellationToken cancellation)
    {
        if (toRun) walk.Scripts.Clear();
        if (walk.Sources.Count + walk.Projects.Count + walk.Scripts.Count == 0 && (IsLoose || walk.Solutions.Count == 0))
            throw new ToolException(walk.Skipped is [var first, ..] ? $"{path}: {first}"
                : $"{path}: no C# code and no project in this folder");
        _skipped.AddRange(walk.Skipped);
        var rest = walk.Sources;
        if (!IsLoose)
        {
            if (walk.Solutions is [var only]) await OpenProjectsAsync([only], walk, cancellation);
            else if (walk.Projects.Count > 0) await OpenProjectsAsync(walk.Projects, walk, cancellation);
            else if (walk.Sources.Count > 0 && await OpenAboveAsync(walk.Folder, cancellation)) return;
            var compiled = Compiled();
            if (!toRun) await AddAppsAsync(walk.Sources.Where(s => !compiled.Contains(s) && FileBasedApp.Is(s)).ToList(), configuration,
                cancellation);
            compiled = Compiled();
            rest = Beside(walk).Where(s => !compiled.Contains(s)).ToList();
        }
        if (rest.Count > 0) AddLoose(rest, IsLoose || walk.Projects.Count == 0 ? walk : null);
        await AddScriptsAsync(walk.Scripts, configuration, cancellation);
    }

    private bool IsLoose => _workspace is AdhocWorkspace;

    private HashSet<string> Compiled() =>
        Solution.Projects.SelectMany(p => p.Documents).Select(d => d.FilePath).OfType<string>().ToHashSet(StringComparer.Ordinal);

    /// <summary>The code and the projects under a folder; links are not followed, so no way leads back to it.</summary>
    private sealed class Walk
    {
        public List<string> Sources { get; } = [];
        public List<string> Projects { get; } = [];
        public List<string> Scripts { get; } = [];
        public List<string> Skipped { get; } = [];

        public string Folder { get; }

        /// <summary>In the folder itself, filters aside.</summary>
        public IReadOnlyList<string> Solutions => Directory.EnumerateFiles(Folder)
            .Where(f => Path.GetExtension(f).ToLowerInvariant() is ".sln" or ".slnx").ToList();

        public Walk(string folder)
        {
            Folder = folder.Length > 1 ? folder.TrimEnd(Path.DirectorySeparatorChar) : folder;
            Into(folder);
            Sources.Sort(StringComparer.Ordinal);
            Projects.Sort(StringComparer.Ordinal);
            Scripts.Sort(StringComparer.Ordinal);
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
                    if (!OutputFolder.Is(entry.Name)) Into(entry.FullName);
                    continue;
                }
                var kept = entry.Extension.ToLowerInvariant() switch 
                {
                    ".cs" => Sources, ".csproj" => Projects, _ => Notebook.Is(entry.Name) ? Scripts : null,
                };
                if (kept is null) continue;
                if (InputFile.Trouble(entry.FullName, InputFile.MostOfSource) is { } trouble) Skipped.Add($"{entry.FullName}: {trouble}");
                else kept.Add(entry.FullName);
            }
        }
    }

    private async Task OpenProjectsAsync(IReadOnlyList<string> paths, Walk? walk, CancellationToken cancellation)
    {
        // A project runs what it says while it is read, also one that nobody named.
        if (walk is not null && (paths.Count > 1 || Path.GetDirectoryName(paths[0]) != walk.Folder))
            foreach (var path in paths) Console.Error.WriteLine($"reads {Path.GetRelativePath(Directory.GetCurrentDirectory(), path)}");
        var asked = await LoadAsync(paths, cancellation);
        var own = asked.Where(id => Solution.GetProject(id)?.Language == LanguageNames.CSharp).Distinct().ToList();
        if (own.Select(id => Solution.GetProject(id)!).FirstOrDefault(p => p.MetadataReferences.Count == 0) is { } broken)
        {
            var failure = ((MSBuildWorkspace)_workspace).Diagnostics.FirstOrDefault(d => d.Kind == WorkspaceDiagnosticKind.Failure);
            var why = failure?.Message.Split('\n')[0].Trim() ?? "it has no references";
            throw new ToolException($"{broken.FilePath}: the project does not load: {why}");
        }
        _projects.AddRange(own);
    }

    /// <summary>Restores and evaluates projects and solutions, with the projects they refer to.</summary>
    /// <returns>The projects that were named, one for each of their target frameworks.</returns>
    private async Task<IReadOnlyList<ProjectId>> LoadAsync(IReadOnlyList<string> paths, CancellationToken cancellation)
    {
        var workspace = (MSBuildWorkspace)_workspace;
        workspace.SkipUnrecognizedProjects = true;
        var asked = new List<ProjectId>();
        try
        {
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
        }
        catch (Exception error) when (error is not (ToolException or OperationCanceledException))
        {
            throw new ToolException($"{paths[0]}: the project does not load: {error.Message.Split('\n')[0].Trim()}", error);
        }
        asked.AddRange(workspace.CurrentSolution.Projects.Where(p => paths.Contains(p.FilePath, StringComparer.Ordinal)).Select(p => p.Id));
        Solution = Readable(workspace.CurrentSolution, _skipped);
        return asked;
    }

    /// <summary>The nearest project above a file or folder that compiles it, or some of it, is read for it.</summary>
    private async Task<bool> OpenAboveAsync(string part, CancellationToken cancellation)
    {
        for (var folder = Path.GetDirectoryName(part); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            foreach (var project in Directory.EnumerateFiles(folder, "*.csproj", new EnumerationOptions { IgnoreInaccessible = true })
                .Order(StringComparer.Ordinal).ToList())
            {
                Console.Error.WriteLine($"reads {Path.GetRelativePath(Directory.GetCurrentDirectory(), project)}");
                var ids = await LoadAsync([project], cancellation);
                var compiling = ids.Where(id => Solution.GetProject(id)!.Documents.Any(d => IsIn(part, d.FilePath))).ToList();
                if (compiling.Count == 0) continue;
                _projects.AddRange(compiling);
                Part = part;
                return true;
            }
            // What is above a repository is not its own.
            if (Path.Exists(Path.Combine(folder, ".git"))) break;
        }
        return false;
    }

    /// <summary>Programs of a file each, as the SDK builds them.</summary>
    private async Task AddAppsAsync(IReadOnlyList<string> files, string configuration, CancellationToken cancellation)
    {
        if (files.Count == 0) return;
        var calls = new List<(string File, CompilerCall Call)>();
        foreach (var file in files) calls.Add((file, await CompilerCall.OfAsync(file, configuration, [], cancellation)));
        if (calls.SelectMany(c => c.Call.Projects).Distinct().ToList() is { Count: > 0 } projects) await LoadAsync(projects, cancellation);
        foreach (var (file, call) in calls)
        {
            Solution = call.AddTo(Solution, _workspace, Path.GetFileNameWithoutExtension(file), out var id);
            _projects.Add(id);
        }
        Solution = Readable(Solution, _skipped);
    }

    /// <summary>Notebooks and scripts, each a program of its own.</summary>
    private async Task AddScriptsAsync(IReadOnlyList<string> files, string configuration, CancellationToken cancellation)
    {
        var scripts = new List<Script>();
        foreach (var file in files)
            try { scripts.Add(Script.Read(file, _skipped)); }
            catch (ToolException error) when (files.Count > 1) { _skipped.Add(error.Message); }
        var loaded = scripts.SelectMany(s => s.Files.Skip(1)).ToHashSet(StringComparer.Ordinal);
        foreach (var script in scripts.Where(s => !s.IsEmpty && !loaded.Contains(s.FilePath)))
        {
            var call = IsLoose || !script.UsesTorchSharp ? null : await PackagesAsync(script, configuration, cancellation);
            ProjectId id;
            if (call is null) id = AddLoose([], null);
            else
            {
                // Of the project that was written for them, and is gone, only the references.
                Solution = call.AddTo(Solution, _workspace, "code", out id);
                var there = Solution.GetProject(id)!;
                Solution = Solution.RemoveDocuments([.. there.DocumentIds]).RemoveAnalyzerConfigDocuments(
                    [.. there.AnalyzerConfigDocuments.Select(d => d.Id)]).AddDocument(DocumentId.CreateNewId(id), "ImplicitUsings.g.cs",
                    SourceText.From(UsualUsings), filePath: "ImplicitUsings.g.cs");
                if (!there.MetadataReferences.Any(r => Path.GetFileName(r.Display) == "TorchSharp.dll"))
                    Solution = Solution.AddMetadataReference(id, MetadataReference.CreateFromFile(OwnTorchSharp));
            }
            foreach (var assembly in script.Assemblies)
                Solution = Solution.AddMetadataReference(id, MetadataReference.CreateFromFile(assembly));
            Solution = Solution.AddDocument(DocumentId.CreateNewId(id), Path.GetFileName(script.ProgramPath), script.Program,
                filePath: script.ProgramPath);
            Solution = Solution.AddDocument(DocumentId.CreateNewId(id), "NotebookUsings.g.cs",
                SourceText.From("global using System.Text; global using System.Collections;"), filePath: "NotebookUsings.g.cs");
            Solution = AnalyzerConfigs.Add(Solution, id, [script.ProgramPath]);
            _projects.Add(id);
        }
    }

    /// <summary>What a script's packages bring, restored as those of a project in its folder; null where they cannot be.</summary>
    private async Task<CompilerCall?> PackagesAsync(Script script, string configuration, CancellationToken cancellation)
    {
        if (!script.Packages.Any()) return null;
        using var scratch = new ScratchFolder();
        var project = Path.Combine(scratch.Path, "script.csproj");
        new XElement("Project", new XAttribute("Sdk", "Microsoft.NET.Sdk"),
            new XElement("PropertyGroup", new XElement("TargetFramework", $"net{Environment.Version.Major}.0"),
                new XElement("ImplicitUsings", "enable"), new XElement("OutputType", "Exe"), new XElement("LangVersion", "preview"),
                new XElement("EnableDefaultCompileItems", "false"), new XElement("NuGetAudit", "false"),
                new XElement("RestoreRootConfigDirectory", Path.GetDirectoryName(script.FilePath)),
                new XElement("RestoreAdditionalProjectSources", string.Join(';', script.PackageSources))),
            new XElement("ItemGroup", script.Packages.Select(p =>
                new XElement("PackageReference", new XAttribute("Include", p.Name), new XAttribute("Version", p.Version)))))
            .Save(project);
        foreach (var file in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props" })
            await File.WriteAllTextAsync(Path.Combine(scratch.Path, file), "<Project />", cancellation);
        try
        {
            return await CompilerCall.OfAsync(project, configuration, ["-restore"], cancellation);
        }
        catch (ToolException error)
        {
            var names = string.Join(", ", script.Packages.Select(p => p.Name));
            var why = $"{script.FilePath}: the packages it asks for ({names}) are not found: " + error.Message.Split("error ")[^1];
            if (script.Packages.Any(p => !p.Name.StartsWith("TorchSharp", StringComparison.OrdinalIgnoreCase))) _skipped.Add(why);
            else Console.Error.WriteLine($"nn: {why}; read against the TorchSharp of this tool");
            return null;
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

    /// <summary>The assemblies of this machine's .NET, without those of the tool.</summary>
    public static IEnumerable<string> Platform => ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        .Where(p => Path.GetDirectoryName(p) == Path.GetDirectoryName(typeof(object).Assembly.Location));

    private const string UsualUsings = "global using System; global using System.Collections.Generic; global using System.IO; "
        + "global using System.Linq; global using System.Threading.Tasks;";

    private static string OwnTorchSharp => Path.Combine(AppContext.BaseDirectory, "refs", "TorchSharp.dll");

    /// <summary>Code without a project: read against the TorchSharp that comes with this tool and this machine's .NET.</summary>
    private ProjectId AddLoose(IReadOnlyList<string> files, Walk? walk)
    {
        // What a program in a file includes is read with it.
        files = files.Concat(files.Where(FileBasedApp.Is).SelectMany(f => FileBasedApp.Included(f, _skipped)).ToList()).Distinct().ToList();
        // Old packages bring parts of the platform themselves; every type would be there twice.
        var platform = Platform.Select(Path.GetFileName).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var packages = walk?.Projects.SelectMany(RestoredPackages.Of).DistinctBy(Path.GetFileName)
            .Where(p => !platform.Contains(Path.GetFileName(p))).ToList() ?? [];
        if (!packages.Any(p => Path.GetFileName(p) == "TorchSharp.dll"))
            packages.Add(OwnTorchSharp);
        var references = Platform.Concat(packages).Select(p => (MetadataReference)MetadataReference.CreateFromFile(p));
        // Neither a library nor a program is asked for, so code with and without a Main both read.
        var project = ProjectInfo.Create(ProjectId.CreateNewId(), VersionStamp.Default, "code", "code", LanguageNames.CSharp,
            compilationOptions: new CSharpCompilationOptions(OutputKind.ConsoleApplication,
                nullableContextOptions: NullableContextOptions.Annotations, allowUnsafe: true),
            parseOptions: FileBasedApp.Parse, metadataReferences: references);
        Solution = Solution.AddProject(project);
        foreach (var file in files)
            Solution = Solution.AddDocument(DocumentId.CreateNewId(project.Id), Path.GetFileName(file), InputFile.ReadSource(file),
                filePath: file);
        var usual = UsualUsings + string.Concat((walk?.Projects ?? []).SelectMany(GlobalUsings.In).Distinct());
        Solution = Solution.AddDocument(DocumentId.CreateNewId(project.Id), "ImplicitUsings.g.cs", SourceText.From(usual),
            filePath: "ImplicitUsings.g.cs");
        Solution = AnalyzerConfigs.Add(Solution, project.Id, files);
        if (files.Count > 0) _projects.Add(project.Id);
        return project.Id;
    }
}
