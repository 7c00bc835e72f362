using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using NnAnalyzers.Tool.Sources;

namespace NnAnalyzers.Reliability;

/// <summary>A file of a program; what is no text is given as its bytes.</summary>
internal sealed record Source(string Path, SourceText Text)
{
    public Source(string path, string text) : this(path, SourceText.From(text)) { }
}

/// <summary>What the shipped analyzer made of a program.</summary>
/// <param name="Compiled">What the compiler alone took.</param>
internal sealed record Reading(Project Project, bool Compiles, ImmutableArray<Diagnostic> Found, TimeSpan Compiled, TimeSpan Took)
{
    /// <summary>A rule or the reader failed, in one line.</summary>
    public string? Failed => Found.FirstOrDefault(d => d.Id is "NN0000" or "AD0001") is { } failed
        ? $"{failed.Id} {failed.GetMessage(CultureInfo.InvariantCulture).ReplaceLineEndings(" ")}" : null;

    /// <summary>Findings, messages and edits, so that two readings can be compared.</summary>
    public IReadOnlyList<string> Texts => Found.Select(d => $"{d.Id} {d.Location.SourceTree?.FilePath} {d.Location.SourceSpan} "
        + d.GetMessage(CultureInfo.InvariantCulture) + " " + d.Properties.GetValueOrDefault(FixProperties.Edits))
        .Order(StringComparer.Ordinal).ToList();
}

/// <summary>Reads programs as nn check reads a folder, from memory.</summary>
internal static class Readings
{
    /// <summary>What a project of the samples imports for all of its code.</summary>
    private const string GlobalUsings = "global using System; global using System.Collections.Generic; global using System.IO; "
        + "global using System.Linq; global using System.Threading; global using System.Threading.Tasks;";

    /// <summary>What code begins with that says not itself what it uses.</summary>
    public const string Usings = "using TorchSharp; using TorchSharp.Modules; using static TorchSharp.torch; "
        + "using static TorchSharp.torch.nn;\n";

    private static readonly AdhocWorkspace Workspace = new();

    private static readonly IReadOnlyList<MetadataReference> References = SourceSet.Platform
        .Append(typeof(TorchSharp.torch).Assembly.Location).Append(typeof(Companion.TrainingRun).Assembly.Location)
        .Append(typeof(OxyPlot.PlotModel).Assembly.Location)
        .Select(p => (MetadataReference)MetadataReference.CreateFromFile(p)).ToList();

    public static Project Make(IEnumerable<Source> sources)
    {
        var id = ProjectId.CreateNewId();
        var files = sources.ToList();
        var parsing = new CSharpParseOptions(LanguageVersion.Preview);
        var isProgram = files.Any(f => CSharpSyntaxTree.ParseText(f.Text, parsing).GetCompilationUnitRoot().Members
            .Any(m => m is GlobalStatementSyntax));
        var solution = Workspace.CurrentSolution.AddProject(ProjectInfo.Create(id, VersionStamp.Default, "Code", "Code",
            LanguageNames.CSharp, parseOptions: parsing, metadataReferences: References, compilationOptions: new CSharpCompilationOptions(
                isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
                nullableContextOptions: NullableContextOptions.Annotations, allowUnsafe: true)));
        foreach (var file in files.Append(new("ImplicitUsings.g.cs", GlobalUsings)))
            solution = solution.AddDocument(DocumentId.CreateNewId(id), file.Path, file.Text, filePath: file.Path);
        return solution.GetProject(id)!;
    }

    public static Task<Reading> ReadAsync(IEnumerable<Source> sources, CancellationToken cancellation) =>
        ReadAsync(Make(sources), cancellation);

    public static async Task<Reading> ReadAsync(Project project, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var compiles = (await Analysis.ErrorsAsync(project, cancellation)).Count == 0;
        var compiled = watch.Elapsed;
        watch.Restart();
        return new(project, compiles, await Analysis.FindAsync(project, cancellation), compiled, watch.Elapsed);
    }

    /// <summary>The first error that a fix, or all of them at once, brings into code that compiles; null if none does.</summary>
    public static async Task<string?> BrokenByAsync(Reading reading, CancellationToken cancellation)
    {
        if (!reading.Compiles) return null;
        var fixable = reading.Found.Where(d => d.Properties.ContainsKey(FixProperties.Title)).ToList();
        foreach (var (applied, name) in fixable.Select(d => (new List<Diagnostic> { d }, d.Id)).Append((fixable, "all fixes")))
        {
            if (applied.Count == 0 || name == "all fixes" && fixable.Count == 1) continue;
            var mended = await EditApplier.ApplyAsync(reading.Project.Solution, applied, cancellation);
            var errors = await Analysis.ErrorsAsync(mended.GetProject(reading.Project.Id)!, cancellation);
            if (errors.Count > 0) return $"{name} at {Analysis.Place(applied[0].Location)} adds {errors[0].Id} "
                + $"{Analysis.Place(errors[0].Location)} {errors[0].GetMessage(CultureInfo.InvariantCulture)}";
        }
        return null;
    }
}
