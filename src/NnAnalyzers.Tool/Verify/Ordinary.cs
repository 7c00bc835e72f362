using Microsoft.CodeAnalysis;
using NnAnalyzers.Runner;
using NnAnalyzers.Tool.Sources;

namespace NnAnalyzers.Tool.Verify;

/// <summary>How programs are run that know nothing of the companion: as they are, but watched.</summary>
/// <param name="Call">Namespace.Type.Method to start instead of the entry point; null for that.</param>
/// <param name="Steps">How many losses may go backward.</param>
/// <param name="Score">Type.Method that scores an output against a target.</param>
/// <param name="Arguments">Of the entry point.</param>
/// <param name="InPlace">Run where the program is, not in a copy.</param>
/// <param name="CopyLimitMiB">The most a copy may hold.</param>
internal sealed record Ordinary(string? Call, int Steps, string? Score, IReadOnlyList<string> Arguments, bool InPlace, long CopyLimitMiB)
{
    /// <summary>Where a project starts; null if it has no such place, or trains nothing.</summary>
    public Planner.TrainingMethod? StartOf(Compilation compilation, CancellationToken cancellation)
    {
        bool Trains(SyntaxTree tree) => tree.GetText(cancellation).ToString().Contains("backward", StringComparison.Ordinal);
        if (!compilation.SyntaxTrees.Any(Trains)) return null;
        var start = Call is null ? compilation.GetEntryPoint(cancellation) : Find(compilation, Call);
        return start is null ? null : new(start, null, null, null, false, IsOrdinary: true);
    }

    /// <summary>The method of a name, or of the end of one, that can be called without arguments.</summary>
    private static IMethodSymbol? Find(Compilation compilation, string name)
    {
        var simple = name[(name.LastIndexOf('.') + 1)..];
        var all = compilation.GetSymbolsWithName(simple, SymbolFilter.Member).OfType<IMethodSymbol>()
            .Where(m => $".{m.ContainingType.ToDisplayString()}.{m.Name}".EndsWith("." + name, StringComparison.Ordinal)).ToList();
        return all.Count switch
        {
            0 => null,
            1 when all[0].Parameters.All(p => p.HasExplicitDefaultValue) => all[0],
            1 => throw new ToolException($"--call {name}: it needs {all[0].Parameters[0].Name}: name a method without arguments"),
            _ => throw new ToolException($"--call {name} is several methods: {string.Join(", ", all.Select(m => m.ToDisplayString()))}"),
        };
    }

    /// <summary>Copies the program's folder into the job folder, once.</summary>
    public WatchPlan PlanOf(Project project, string folder, IMethodSymbol start)
    {
        var here = Path.GetDirectoryName(project.FilePath) ?? throw new ToolException(
            $"{start.Name}: this code has no project, so it cannot be run: give a .csproj");
        var files = InPlace ? null : $"files/{project.AssemblyName}";
        if (files is not null && !Directory.Exists(Path.Combine(folder, files))) Copy(here, Path.Combine(folder, files), folder);
        return new(Steps, Arguments, files, here, Score);
    }

    private void Copy(string from, string to, string jobs)
    {
        Directory.CreateDirectory(to);
        var size = 0L;
        var ours = Path.GetFullPath(jobs) + Path.DirectorySeparatorChar;
        foreach (var file in Directory.EnumerateFiles(from, "*", new EnumerationOptions { RecurseSubdirectories = true,
            IgnoreInaccessible = true, AttributesToSkip = FileAttributes.Hidden | FileAttributes.ReparsePoint }))
        {
            var name = Path.GetRelativePath(from, file);
            if (OutputFolder.Holds(name) || Path.GetFullPath(file).StartsWith(ours, StringComparison.Ordinal)) continue;
            size += new FileInfo(file).Length;
            if (size > CopyLimitMiB << 20) throw new ToolException($"{from}: its files are more than {CopyLimitMiB} MiB, and each training "
                + "gets a copy of them to work in: allow more with --copy-limit, or run in the folder itself with --in-place");
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(to, name))!);
            File.Copy(file, Path.Combine(to, name));
        }
    }
}
