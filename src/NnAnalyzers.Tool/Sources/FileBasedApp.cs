using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace NnAnalyzers.Tool.Sources;

/// <summary>A program in a file, <c>dotnet run app.cs</c>: directives at its top (<c>#:package</c>) say what a project would.</summary>
internal static partial class FileBasedApp
{
    /// <summary>How such a file is parsed; in any other its directives are errors.</summary>
    public static CSharpParseOptions Parse { get; } =
        new CSharpParseOptions(LanguageVersion.Preview).WithFeatures([KeyValuePair.Create("FileBasedProgram", "true")]);

    /// <summary>Whether a file says of itself that it is one.</summary>
    public static bool Is(string path)
    {
        var text = InputFile.ReadSource(path).ToString();
        return (text.StartsWith("#!", StringComparison.Ordinal) || text.Contains("#:", StringComparison.Ordinal))
            && Directives(text).Length > 0;
    }

    /// <summary>Its directives without their mark, such as <c>package TorchSharp@0.107.0</c>; the line for a shell is empty.</summary>
    private static ImmutableArray<string> Directives(string text) => [.. SyntaxFactory.ParseCompilationUnit(text, options: Parse)
        .GetFirstToken(includeZeroWidth: true).LeadingTrivia
        .Where(t => t.IsKind(SyntaxKind.IgnoredDirectiveTrivia) || t.IsKind(SyntaxKind.ShebangDirectiveTrivia))
        .Select(t => t.ToString().Trim() is ['#', ':', .. var directive] ? directive.Trim() : "")];

    /// <summary>What it includes, read without MSBuild: whole names only. What else brings code is told as not read.</summary>
    public static IEnumerable<string> Included(string path, List<string> skipped)
    {
        foreach (var directive in Directives(InputFile.ReadSource(path).ToString()))
        {
            var (kind, value) = directive.Split(' ', 2, StringSplitOptions.TrimEntries) is [var first, var second]
                ? (first, second) : ("", "");
            if (kind is not ("include" or "project")) continue;
            var file = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, value));
            if (kind == "include" && Wildcards().IsMatch(value) is false && InputFile.Trouble(file, InputFile.MostOfSource) is null)
            {
                if (file.EndsWith(".cs", StringComparison.OrdinalIgnoreCase)) yield return file;
            }
            else skipped.Add($"{path}: #:{directive}: read with MSBuild only (without --loose)");
        }
    }

    [GeneratedRegex(@"[*?;]|[$@%]\(")]
    private static partial Regex Wildcards();
}
