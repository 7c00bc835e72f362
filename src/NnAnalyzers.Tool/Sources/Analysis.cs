using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using NnAnalyzers.Graph;
using NnAnalyzers.Torch;
using NnAnalyzers.Projects;

namespace NnAnalyzers.Tool.Sources;

/// <summary>Asks the shipped analyzer, the way a compiler does.</summary>
internal static class Analysis
{
    /// <summary>The findings of a project alone, in the order of the code, with the user's own severities.</summary>
    public static async Task<ImmutableArray<Diagnostic>> FindAsync(Project project, CancellationToken cancellation) =>
        await project.GetCompilationAsync(cancellation) is { } compilation
            ? await FindAsync(new Reading(compilation, project.AnalyzerOptions, []), cancellation) : [];

    /// <summary>The same for what is read as one.</summary>
    /// <param name="preset">What is set where no line of an .editorconfig says otherwise; null for what the project sets.</param>
    public static async Task<ImmutableArray<Diagnostic>> FindAsync(Reading reading, CancellationToken cancellation, Preset? preset = null)
    {
        var compilation = reading.Compilation;
        if (preset?.Severity is { } severity)
            compilation = compilation.WithOptions(compilation.Options.WithSpecificDiagnosticOptions(compilation.Options
                .SpecificDiagnosticOptions.SetItems(RuleCatalog.All.Select(r => KeyValuePair.Create(r.Id, Reported(severity(r)))))));
        var analyzer = compilation.WithAnalyzers([new NetworkAnalyzer()],
            new CompilationWithAnalyzersOptions(reading.Options, null, concurrentAnalysis: true, logAnalyzerExecutionTime: false));
        return (await analyzer.GetAnalyzerDiagnosticsAsync(cancellation))
            .OrderBy(d => d.Location.SourceTree?.FilePath, StringComparer.Ordinal).ThenBy(d => d.Location.SourceSpan.Start)
            .ThenBy(d => d.Id, StringComparer.Ordinal).ToImmutableArray();
    }

    private static ReportDiagnostic Reported(DiagnosticSeverity? severity) => severity switch
    {
        DiagnosticSeverity.Error => ReportDiagnostic.Error,
        DiagnosticSeverity.Warning => ReportDiagnostic.Warn,
        DiagnosticSeverity.Info => ReportDiagnostic.Info,
        DiagnosticSeverity.Hidden => ReportDiagnostic.Hidden,
        _ => ReportDiagnostic.Suppress,
    };

    /// <summary>The graph of a project; null if it does not use TorchSharp.</summary>
    public static async Task<ProjectGraph?> ReadAsync(Project project, CancellationToken cancellation) =>
        await project.GetCompilationAsync(cancellation) is { } compilation ? Read(compilation, cancellation) : null;

    /// <inheritdoc cref="ReadAsync"/>
    public static ProjectGraph? Read(Compilation compilation, CancellationToken cancellation) =>
        TorchSymbols.TryCreate(compilation) is { } torch ? new ProjectGraph(compilation, torch, cancellation) : null;

    public static async Task<IReadOnlyList<Diagnostic>> ErrorsAsync(Project project, CancellationToken cancellation) =>
        (await project.GetCompilationAsync(cancellation))!.GetDiagnostics(cancellation)
            .Where(d => d.Severity == DiagnosticSeverity.Error).ToList();

    /// <summary>As a compiler writes it: file(line,column), seen from the current folder; in a notebook the cell's.</summary>
    public static string Place(Location location)
    {
        var span = Script.Of(location.SourceTree?.FilePath)?.Place(location.SourceSpan) ?? location.GetLineSpan();
        var file = span.Path.Length == 0 ? span.Path : Path.GetRelativePath(Directory.GetCurrentDirectory(), span.Path).Replace('\\', '/');
        return $"{file}({span.StartLinePosition.Line + 1},{span.StartLinePosition.Character + 1})";
    }
}
