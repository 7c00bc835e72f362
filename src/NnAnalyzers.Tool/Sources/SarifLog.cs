using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace NnAnalyzers.Tool.Sources;

/// <summary>
/// The log that a build writes with ErrorLog: findings carry their fixes in it, so that nothing need be read again to apply them.
/// </summary>
internal static class SarifLog
{
    /// <summary>The findings that have a fix, and the files they change, as they are now.</summary>
    /// <exception cref="ToolException">The file is missing or no SARIF 2.1.</exception>
    public static (Solution Files, IReadOnlyList<Diagnostic> Findings) Read(string path)
    {
        if (!File.Exists(path)) throw new ToolException($"{path}: no such file");
        List<Diagnostic> findings;
        try
        {
            using var log = JsonDocument.Parse(File.ReadAllText(path));
            findings = log.RootElement.GetProperty("runs").EnumerateArray().SelectMany(r => r.GetProperty("results").EnumerateArray())
                .Select(Finding).OfType<Diagnostic>().ToList();
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new ToolException(
                $"{path}: no SARIF 2.1 log: {error.Message.Split('\n')[0]} (build with -p:ErrorLog=build.sarif%2Cversion=2.1)", error);
        }
        using var workspace = new AdhocWorkspace();
        var project = ProjectId.CreateNewId();
        var solution = workspace.CurrentSolution.AddProject(project, "log", "log", LanguageNames.CSharp);
        foreach (var file in findings.SelectMany(f => FixProperties.Read(f.Properties)).Select(e => e.Path).Distinct().Where(File.Exists))
        {
            using var stream = File.OpenRead(file);
            solution = solution.AddDocument(DocumentId.CreateNewId(project), Path.GetFileName(file),
                SourceText.From(stream), filePath: file);
        }
        return (solution, findings);
    }

    private static Diagnostic? Finding(JsonElement result)
    {
        // What the user has excused stays as it is.
        if (!result.TryGetProperty("properties", out var bag) || result.TryGetProperty("suppressions", out _)) return null;
        string? Property(string name) => bag.TryGetProperty(name, out var value)
            || bag.TryGetProperty("customProperties", out var custom) && custom.TryGetProperty(name, out value) ? value.GetString() : null;
        if (RuleCatalog.Find(result.GetProperty("ruleId").GetString()!) is not { } rule || Property(FixProperties.Edits) is not { } edits)
            return null;
        var properties = ImmutableDictionary<string, string?>.Empty.Add(FixProperties.Title, Property(FixProperties.Title))
            .Add(FixProperties.Edits, edits);
        return Diagnostic.Create(rule.Descriptor, Location.None, properties, result.GetProperty("message").GetProperty("text").GetString());
    }
}
