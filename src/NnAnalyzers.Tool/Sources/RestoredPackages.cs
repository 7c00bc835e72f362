using System.Text.Json;

namespace NnAnalyzers.Tool.Sources;

/// <summary>What an earlier restore of a project found, read from its obj/project.assets.json without MSBuild.</summary>
internal static class RestoredPackages
{
    /// <summary>The assemblies that its packages compile against; none where it was not restored, or its file cannot be read.</summary>
    /// <param name="project">Path of the .csproj.</param>
    public static IEnumerable<string> Of(string project)
    {
        var assets = Path.Combine(Path.GetDirectoryName(project)!, "obj", "project.assets.json");
        if (InputFile.Trouble(assets, InputFile.MostOfData) is not null) return [];
        try
        {
            using var json = JsonDocument.Parse(InputFile.Read(assets));
            var folders = json.RootElement.GetProperty("packageFolders").EnumerateObject().Select(f => f.Name).ToList();
            var libraries = json.RootElement.GetProperty("libraries");
            return json.RootElement.GetProperty("targets").EnumerateObject().First().Value.EnumerateObject()
                .Where(p => p.Value.GetProperty("type").GetString() == "package" && p.Value.TryGetProperty("compile", out _))
                .SelectMany(p => p.Value.GetProperty("compile").EnumerateObject().Select(f =>
                    Path.Combine(libraries.GetProperty(p.Name).GetProperty("path").GetString()!, f.Name)))
                .Where(f => f.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
                .Select(f => folders.Select(folder => Path.GetFullPath(Path.Combine(folder, f))).FirstOrDefault(File.Exists))
                .OfType<string>().ToList();
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return [];
        }
    }
}
