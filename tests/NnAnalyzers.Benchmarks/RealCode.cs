using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NnAnalyzers.Tool.Sources;

namespace NnAnalyzers.Benchmarks;

/// <summary>The code of a folder, or of one file, as one project; what other packages declare is missing.</summary>
internal static class RealCode
{
    private const string Usual = "global using System; global using System.Collections.Generic; global using System.IO; "
        + "global using System.Linq; global using System.Threading; global using System.Threading.Tasks;";

    public static CSharpCompilation Folder(string path) => Compile(Trees(path));

    public static CSharpCompilation Compile(IEnumerable<SyntaxTree> trees) =>
        SyntheticCode.Compile(trees, SyntheticCode.Framework.Append(SyntheticCode.TorchSharp));

    /// <summary>Its files, and the usual global usings with those that its project files name.</summary>
    public static IReadOnlyList<SyntaxTree> Trees(string path)
    {
        var usings = Usual + string.Concat((File.Exists(path) ? [] : Files(path, "*.csproj")).SelectMany(GlobalUsings.In).Distinct());
        return [.. Files(path, "*.cs").Select(f => SyntheticCode.Parse(File.ReadAllText(f), f)), SyntheticCode.Parse(usings, "Usings.cs")];
    }

    private static IEnumerable<string> Files(string path, string pattern) =>
        File.Exists(path) ? [path] : Directory.EnumerateFiles(path, pattern, SearchOption.AllDirectories)
            .OrderBy(f => f, StringComparer.Ordinal)
            .Where(f => !f.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));
}
