using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NnAnalyzers.Companion.Tests.Registered;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Companion.Tests;

/// <summary>What the analyzer says is registered, is: every class of the file Modules.cs is made, and asked for its parameters.</summary>
public class MembershipTests
{
    private static readonly Lazy<ProjectGraph> Read = new(() =>
    {
        using var file = new StreamReader(typeof(MembershipTests).Assembly.GetManifestResourceStream("Modules.cs")!);
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => !p.EndsWith("Companion.Tests.dll", StringComparison.Ordinal)).Select(p => MetadataReference.CreateFromFile(p));
        var tree = CSharpSyntaxTree.ParseText(file.ReadToEnd(), path: "Modules.cs");
        var compilation = CSharpCompilation.Create("Modules", [tree], references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        return new ProjectGraph(compilation, TorchSymbols.TryCreate(compilation)!);
    });

    public static TheoryData<string> Classes => [.. typeof(Plain).Assembly.GetTypes()
        .Where(t => t.Namespace == typeof(Plain).Namespace && !t.IsAbstract && !t.ContainsGenericParameters && t.IsPublic)
        .Select(t => t.Name).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Classes))]
    public void Registered_as_said(string name)
    {
        TorchLibrary.Load();
        using var module = (TorchSharp.torch.nn.Module)Activator.CreateInstance(typeof(Plain).Assembly
            .GetType($"{typeof(Plain).Namespace}.{name}")!)!;
        var real = module.named_parameters().Select(p => p.name).ToList();

        var networks = Read.Value.Networks.Where(n => n.Type is not null).ToList();
        var network = networks.Single(n => n.Name == name);
        var said = network.Membership!.Registered(t => Read.Value.NetworkOf(t)?.Membership).ToList();
        var modules = said.Where(s => s.Part is Layer).Select(s => s.Path + ".").ToHashSet();
        // A layer with weights has them under its own path, or under that of a part it makes itself.
        var expected = said.Where(s => s.Part is Step || s.Part is Layer { Type: null, Op: var op } && (op.HasWeights
            || op.Role is Role.Embedding or Role.Normalization)).Select(s => s.Path).Order(StringComparer.Ordinal).ToList();
        var found = real.Select(r => expected.Contains(r) ? r : modules.Where(m => r.StartsWith(m, StringComparison.Ordinal))
            .OrderBy(m => m.Length).LastOrDefault()?.TrimEnd('.') ?? r).Distinct().Order(StringComparer.Ordinal).ToList();

        // Where nobody can tell, nothing is said of what the fields hold.
        if (network.Membership.Members.All(m => m.Standing != Standing.Unknown)) Assert.Equal(found, expected);
        else Assert.Empty(expected.Except(found));
    }
}
