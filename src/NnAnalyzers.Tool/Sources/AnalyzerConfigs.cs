using Microsoft.CodeAnalysis;

namespace NnAnalyzers.Tool.Sources;

/// <summary>The .editorconfig and .globalconfig files above code that has no project to name them.</summary>
internal static class AnalyzerConfigs
{
    public static Solution Add(Solution solution, ProjectId project, IEnumerable<string> files)
    {
        var folders = new HashSet<string>();
        foreach (var file in files)
        {
            var folder = Path.GetDirectoryName(file);
            while (folder is not null && folders.Add(folder)) folder = Path.GetDirectoryName(folder);
        }
        foreach (var config in folders.SelectMany(f => new[] { Path.Combine(f, ".editorconfig"), Path.Combine(f, ".globalconfig") })
            .Where(f => InputFile.Trouble(f, InputFile.MostOfSource) is null).Order(StringComparer.Ordinal))
            solution = solution.AddAnalyzerConfigDocument(DocumentId.CreateNewId(project), Path.GetFileName(config),
                InputFile.ReadSource(config), filePath: config);
        return solution;
    }
}
