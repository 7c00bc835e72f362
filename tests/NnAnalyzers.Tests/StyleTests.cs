using System.Reflection;

namespace NnAnalyzers.Tests;

public sealed class StyleTests
{
    private const int Columns = 140;

    /// <summary>
    /// Programs in which findings are told by their line: in docs/evidence, and in the tests of the cases; and reports as they are.
    /// </summary>
    private static readonly string[] Left = ["samples/Training/SaverBeforeOptimizer.cs", "tests/NnAnalyzers.Tests/Cases/",
        "tests/NnAnalyzers.Tests/Reports/"];

    private static readonly string Root = Path.GetFullPath(typeof(StyleTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepositoryRoot").Value!);

    [Fact]
    public void No_line_is_longer_than_140_columns() =>
        Assert.Empty(new[] { "src", "tests", "samples" }.SelectMany(f => Code(Path.Combine(Root, f)))
            .Select(f => Path.GetRelativePath(Root, f).Replace('\\', '/')).Where(f => !Left.Any(f.StartsWith))
            .SelectMany(f => File.ReadLines(Path.Combine(Root, f)).Select((line, i) => (Line: line, At: $"{f}({i + 1})")))
            .Where(l => l.Line.Length > Columns).Select(l => l.At));

    /// <summary>What is longer has a word in it that other rules will want: it belongs to the graph, or to the edits.</summary>
    [Fact]
    public void No_rule_is_longer_than_40_lines() =>
        Assert.Empty(Code(Path.Combine(Root, "src", "NnAnalyzers", "Rules")).Where(f => File.ReadLines(f).Count(l => l.Trim().Length > 0
            && !l.StartsWith("using ", StringComparison.Ordinal) && !l.StartsWith("namespace ", StringComparison.Ordinal)) > 40)
            .Select(Path.GetFileName));

    private static IEnumerable<string> Code(string folder) =>
        Directory.EnumerateFiles(folder, "*.cs").Concat(Directory.EnumerateDirectories(folder)
            .Where(d => Path.GetFileName(d) is not ("bin" or "obj" or "artifacts")).SelectMany(Code));
}
