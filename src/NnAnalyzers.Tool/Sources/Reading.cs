using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Tool.Sources;

/// <summary>
/// What is read as one: a project with the code of the projects it refers to in place of their assemblies, so that a model of one and its
/// training in another meet. Where that does not compile as well as they do one by one, the project alone.
/// </summary>
/// <param name="Compilation">All of its code.</param>
/// <param name="Options">The settings of each file's own project.</param>
/// <param name="Joined">The projects whose code was added.</param>
internal sealed record Reading(Compilation Compilation, AnalyzerOptions Options, IReadOnlyList<Project> Joined)
{
    /// <summary>The projects with all they refer to; what another brings along is not read once more by itself.</summary>
    /// <inheritdoc cref="OfAsync"/>
    public static async Task<IReadOnlyList<(ProjectId Id, Reading Reading)>> AllAsync(Solution solution, IReadOnlyList<ProjectId> asked,
        CancellationToken cancellation, bool withModes = true)
    {
        var brought = new HashSet<string>(StringComparer.Ordinal);
        var readings = new Dictionary<ProjectId, Reading>();
        foreach (var id in asked.OrderByDescending(id => Referred(solution.GetProject(id)!).Count).ToList())
        {
            if (solution.GetProject(id)!.FilePath is { } file && brought.Contains(file)) continue;
            if (await OfAsync(solution.GetProject(id)!, cancellation, withModes) is not { } reading) continue;
            readings[id] = reading;
            brought.UnionWith(reading.Joined.Select(p => p.FilePath).OfType<string>());
        }
        return asked.Where(readings.ContainsKey).Select(id => (id, readings[id])).ToList();
    }

    /// <summary>Null for a project that has no compilation.</summary>
    /// <param name="withModes">Whether what a project sets for all of its files counts, or only lines for files.</param>
    public static async Task<Reading?> OfAsync(Project project, CancellationToken cancellation, bool withModes = true)
    {
        if (await project.GetCompilationAsync(cancellation) is not { } own) return null;
        var alone = new Reading(own, project.AnalyzerOptions, []);
        var referred = Referred(project);
        if (referred.Count == 0 || TorchSymbols.TryCreate(own) is null) return alone;
        var parts = new List<(Project Project, Compilation Compilation)>();
        foreach (var other in referred) parts.Add((other, (await other.GetCompilationAsync(cancellation))!));
        var homes = new Dictionary<SyntaxTree, Home>();
        foreach (var part in parts)
            foreach (var tree in part.Compilation.SyntaxTrees)
                if (!IsOfAssembly(tree, cancellation))
                    homes[Like(own.SyntaxTrees.FirstOrDefault(), tree, cancellation)] = new(part.Project, part.Compilation, tree);
        var assemblies = parts.Select(p => p.Compilation.AssemblyName).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var kept = own.References.Where(r => own.GetAssemblyOrModuleSymbol(r) is not IAssemblySymbol { Name: var name }
            || !assemblies.Contains(name)).ToList();
        var there = kept.Select(r => Path.GetFileName(r.Display)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        Compilation joined;
        try
        {
            var others = parts.SelectMany(p => p.Compilation.References.OfType<PortableExecutableReference>())
                .Where(r => there.Add(Path.GetFileName(r.Display))
                    && !assemblies.Contains(Path.GetFileNameWithoutExtension(r.Display)!));
            joined = own.WithReferences(kept.Concat(others)).AddSyntaxTrees(homes.Keys);
        }
        catch (ArgumentException error)
        {
            Say(error.Message.Split('\n')[0]);
            return alone;
        }
        if (joined.Options is CSharpCompilationOptions { AllowUnsafe: false } options
            && parts.Any(p => p.Compilation.Options is CSharpCompilationOptions { AllowUnsafe: true }))
            joined = joined.WithOptions(options.WithAllowUnsafe(true));
        joined = joined.WithOptions(joined.Options.WithSyntaxTreeOptionsProvider(new TreeOptions(homes, joined.Options
            .SyntaxTreeOptionsProvider, withModes)));
        if (Errors(joined, cancellation) is { Count: > 0 } errors
            && errors.Count > parts.Select(p => p.Compilation).Append(own).Sum(c => Errors(c, cancellation).Count))
        {
            Say(errors[0].ToString());
            return alone;
        }
        return new(joined, new AnalyzerOptions(project.AnalyzerOptions.AdditionalFiles, new ConfigOptions(homes,
            project.AnalyzerOptions.AnalyzerConfigOptionsProvider)), referred);

        void Say(string why) =>
            Notes.Say($"{project.Name} is read without the code of {string.Join(", ", referred.Select(p => p.Name))}: {why}");
    }

    private static List<Diagnostic> Errors(Compilation compilation, CancellationToken cancellation) =>
        compilation.GetDiagnostics(cancellation).Where(d => d.Severity == DiagnosticSeverity.Error).ToList();

    /// <summary>The C# projects it refers to, and those that these refer to.</summary>
    private static List<Project> Referred(Project project)
    {
        var found = new List<Project>();
        void Into(Project from)
        {
            foreach (var reference in from.ProjectReferences.Where(r => r.Aliases.IsDefaultOrEmpty))
                if (project.Solution.GetProject(reference.ProjectId) is { Language: LanguageNames.CSharp } other && !found.Contains(other))
                {
                    found.Add(other);
                    Into(other);
                }
        }
        Into(project);
        return found;
    }

    /// <summary>A file of another project and the tree it has there.</summary>
    private sealed record Home(Project Project, Compilation Compilation, SyntaxTree Tree);

    /// <summary>The trees of a compilation are of one language version, with the same features.</summary>
    private static SyntaxTree Like(SyntaxTree? own, SyntaxTree tree, CancellationToken cancellation)
    {
        if (own?.Options is not CSharpParseOptions wanted || tree.Options is not CSharpParseOptions options
            || wanted.LanguageVersion == options.LanguageVersion
            && wanted.Features.OrderBy(f => f.Key, StringComparer.Ordinal).SequenceEqual(options.Features
                .OrderBy(f => f.Key, StringComparer.Ordinal))) return tree;
        return tree.WithRootAndOptions(tree.GetRoot(cancellation),
            options.WithLanguageVersion(wanted.LanguageVersion).WithFeatures(wanted.Features));
    }

    /// <summary>Its name and version, written by the SDK or by hand: an assembly has one.</summary>
    private static bool IsOfAssembly(SyntaxTree tree, CancellationToken cancellation) =>
        tree.GetRoot(cancellation) is CompilationUnitSyntax { AttributeLists.Count: > 0, Members.Count: 0 };

    /// <summary>Severities. Other projects' files have those of their own project.</summary>
    private sealed class TreeOptions(IReadOnlyDictionary<SyntaxTree, Home> homes,
        SyntaxTreeOptionsProvider? own, bool withModes) : SyntaxTreeOptionsProvider
    {
        private SyntaxTreeOptionsProvider? For(ref SyntaxTree tree)
        {
            if (!homes.TryGetValue(tree, out var home)) return own;
            tree = home.Tree;
            return home.Compilation.Options.SyntaxTreeOptionsProvider;
        }

        public override GeneratedKind IsGenerated(SyntaxTree tree, CancellationToken cancellationToken) =>
            For(ref tree)?.IsGenerated(tree, cancellationToken) ?? GeneratedKind.Unknown;

        public override bool TryGetDiagnosticValue(SyntaxTree tree, string diagnosticId, CancellationToken cancellationToken,
            out ReportDiagnostic severity)
        {
            severity = ReportDiagnostic.Default;
            var home = homes.GetValueOrDefault(tree);
            var lines = For(ref tree);
            if (lines?.TryGetDiagnosticValue(tree, diagnosticId, cancellationToken, out severity) == true) return true;
            if (!withModes || home is null) return false;
            if (!home.Compilation.Options.SpecificDiagnosticOptions.TryGetValue(diagnosticId, out severity))
                lines?.TryGetGlobalDiagnosticValue(diagnosticId, cancellationToken, out severity);
            return true;
        }

        public override bool TryGetGlobalDiagnosticValue(string diagnosticId, CancellationToken cancellationToken,
            out ReportDiagnostic severity)
        {
            severity = ReportDiagnostic.Default;
            return own?.TryGetGlobalDiagnosticValue(diagnosticId, cancellationToken, out severity) == true;
        }
    }

    /// <summary>Other settings.</summary>
    private sealed class ConfigOptions(IReadOnlyDictionary<SyntaxTree, Home> homes,
        AnalyzerConfigOptionsProvider own) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions => own.GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => homes.TryGetValue(tree, out var home)
            ? home.Project.AnalyzerOptions.AnalyzerConfigOptionsProvider.GetOptions(home.Tree) : own.GetOptions(tree);

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => own.GetOptions(textFile);
    }
}
