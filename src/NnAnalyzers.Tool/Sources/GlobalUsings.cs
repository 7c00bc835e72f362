using System.Xml.Linq;

namespace NnAnalyzers.Tool.Sources;

/// <summary>What a project file imports for all of its code. The same file is compiled into the benchmarks.</summary>
internal static class GlobalUsings
{
    public static IEnumerable<string> In(string project)
    {
        IEnumerable<XElement> usings;
        try
        {
            usings = XDocument.Load(project).Descendants()
                .Where(e => e.Name.LocalName == "Using" && e.Attribute("Include") is not null).ToList();
        }
        catch (System.Xml.XmlException) { yield break; }
        foreach (var item in usings)
        {
            string? Value(string name) =>
                item.Attribute(name)?.Value ?? item.Elements().FirstOrDefault(e => e.Name.LocalName == name)?.Value;
            var isStatic = string.Equals(Value("Static"), "true", StringComparison.OrdinalIgnoreCase);
            var alias = Value("Alias") is { } name ? name + " = " : "";
            yield return $"global using {(isStatic ? "static " : "")}{alias}{Value("Include")};";
        }
    }
}
