using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace NnAnalyzers.Tests;

/// <summary>The rooms of the analyzers and who knows whom: no two know each other, directly or through others.</summary>
public sealed class RoomTests
{
    /// <summary>The root knows every rule by name, to register it; rules know the root. Nothing else is excepted.</summary>
    private const string Registration = "RuleCatalog.cs";

    internal static readonly string Source = Path.Combine(Path.GetFullPath(typeof(RoomTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!), "src", "NnAnalyzers");

    [Fact]
    public void Rooms_have_no_cycle()
    {
        var knows = Knows();
        Assert.Contains("Reading", knows.Keys);
        Assert.Null(CycleIn(knows));
    }

    [Fact]
    public void A_cycle_is_found() =>
        Assert.Equal(["Graph", "Reading", "Graph"], CycleIn(new Dictionary<string, IReadOnlyCollection<string>>
        {
            ["Graph"] = ["Reading", "Torch"], ["Torch"] = [], ["Reading"] = ["Torch", "Graph"],
        })!);

    /// <summary>The picture in the docs is what the code is. With NN_UPDATE=1 in the environment it is drawn anew.</summary>
    [Fact]
    public void The_picture_of_the_rooms_is_true() => Docs.Compare("docs/graph.md", "rooms", Picture());

    /// <summary>What a room knows through another needs no arrow of its own.</summary>
    private static string Picture()
    {
        var knows = Knows();
        bool Reaches(string from, string to) => knows.GetValueOrDefault(from, []).Any(r => r == to || Reaches(r, to));
        var arrows = knows.SelectMany(p => p.Value.Where(to => !p.Value.Any(other => other != to && Reaches(other, to)))
            .Select(to => $"  {Node(p.Key)} --> {Node(to)}"));
        return "```mermaid\nflowchart LR\n" + string.Join("\n", arrows.Order(StringComparer.Ordinal)) + "\n```";

        static string Node(string room) => room == "the root" ? "root[the root]" : room;
    }

    /// <summary>Which room names a type, or a member of one, that another declares.</summary>
    internal static Dictionary<string, IReadOnlyCollection<string>> Knows()
    {
        var trees = Directory.EnumerateFiles(Source, "*.cs", SearchOption.AllDirectories)
            .Select(f => CSharpSyntaxTree.ParseText(File.ReadAllText(f), new CSharpParseOptions(LanguageVersion.Preview), f)).ToList();
        var trusted = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => Path.GetFileName(p) != "NnAnalyzers.dll").Select(p => MetadataReference.CreateFromFile(p));
        // What a project imports by itself.
        var usings =
            CSharpSyntaxTree.ParseText(Verify.GlobalUsings + "global using System.Threading;",
            new CSharpParseOptions(LanguageVersion.Preview));
        var compilation =
            CSharpCompilation.Create("rooms", trees.Append(usings), trusted,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        var knows = new Dictionary<string, HashSet<string>>();
        foreach (var tree in trees.Where(t => Path.GetFileName(t.FilePath) != Registration))
        {
            var model = compilation.GetSemanticModel(tree);
            var known = knows.TryGetValue(RoomOf(tree), out var set) ? set : knows[RoomOf(tree)] = [];
            foreach (var name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
                if (model.GetSymbolInfo(name).Symbol is { } symbol && (symbol as INamedTypeSymbol ?? symbol.ContainingType) is { } type)
                    foreach (var place in type.DeclaringSyntaxReferences) known.Add(RoomOf(place.SyntaxTree));
        }
        return knows.ToDictionary(p => p.Key, p => (IReadOnlyCollection<string>)p.Value.Where(r => r != p.Key).ToList());
    }

    private static string RoomOf(SyntaxTree tree) =>
        Path.GetRelativePath(Source, tree.FilePath).Split(Path.DirectorySeparatorChar) is [var room, _, ..] ? room : "the root";

    /// <summary>Rooms each of which knows the next, the last one being the first; null if there is no such row.</summary>
    private static List<string>? CycleIn(IReadOnlyDictionary<string, IReadOnlyCollection<string>> knows)
    {
        var done = new HashSet<string>();
        return knows.Keys.Select(room => From(room, [])).FirstOrDefault(c => c is not null);

        List<string>? From(string room, List<string> way)
        {
            if (way.IndexOf(room) is >= 0 and var start) return [.. way.Skip(start), room];
            if (!done.Add(room)) return null;
            way.Add(room);
            var cycle = knows.GetValueOrDefault(room, []).Select(next => From(next, way)).FirstOrDefault(c => c is not null);
            way.RemoveAt(way.Count - 1);
            return cycle;
        }
    }
}
