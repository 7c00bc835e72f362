using System.Reflection;
using NnAnalyzers.Graph;
using NnAnalyzers.Torch;
using NnAnalyzers.Projects;

namespace NnAnalyzers.Tests.Graph;

/// <summary>
/// The printed graphs of the samples and of small networks that between them are written in every way real code is. With NN_UPDATE=1
/// in the environment they are rewritten; read the difference.
/// </summary>
public class GoldenTests
{
    private static readonly string Root = typeof(GoldenTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepositoryRoot").Value!;
    private static readonly string Folder = Path.Combine(Root, "tests/NnAnalyzers.Tests/Graph/Golden");

    public static TheoryData<string> Networks =>
        [.. Directory.EnumerateFiles(Folder, "*.cs").Select(f => Path.GetFileNameWithoutExtension(f)).Order()];
    public static TheoryData<string> Samples => [.. Directory.EnumerateFiles(Path.Combine(Root, "samples/Training"), "*.cs")
        .Select(f => Path.GetFileNameWithoutExtension(f)).Order()];

    internal const string Companion = """
        namespace NnAnalyzers.Companion
        {
            public sealed class TrainingProgramAttribute : System.Attribute
            {
                public double LossBelow { get; set; } public double MetricAbove { get; set; }
            }
            public abstract class TrainingRun
            {
                public int Seed => 0;
                public string Folder => "";
                public TorchSharp.torch.Device Device => null!;
                public abstract void Log(int step, double loss, double metric = 0);
            }
        }
        """;

    [Theory, MemberData(nameof(Networks))]
    public void A_network_is_read(string name) =>
        Compare(name, File.ReadAllText(Path.Combine(Folder, name + ".cs")), strict: name != "22_OlderNames");

    [Theory, MemberData(nameof(Samples))]
    public void A_sample_is_read(string name) => Compare("samples/" + name,
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;\n"
            + File.ReadAllText(Path.Combine(Root, "samples/Training", name + ".cs")), strict: true);

    private static void Compare(string name, string code, bool strict)
    {
        var compilation = Verify.CompileFiles(code, Companion);
        if (strict) Assert.DoesNotContain(compilation.GetDiagnostics(), d => d.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error);
        var project = new ProjectGraph(compilation, TorchSymbols.TryCreate(compilation)!);
        var printed = string.Join("\n", project.Networks.Select(GraphPrinter.Text));
        var path = Path.Combine(Folder, name + ".txt");
        if (Environment.GetEnvironmentVariable("NN_UPDATE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, printed);
        }
        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), printed);
        // No network here is written in a way that is not understood.
        Assert.Empty(GraphStats.Of(project.Networks).Reasons);
    }
}
