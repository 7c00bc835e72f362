using Microsoft.CodeAnalysis;

namespace NnAnalyzers.Torch;

/// <summary>Color maps of the libraries that pictures of numbers are drawn with, by what the libraries call them.</summary>
internal static class Colormaps
{
    /// <summary>
    /// Maps whose brightness goes up and down along the way, so that equal steps look unequal and edges appear where there are none
    /// (Borland &amp; Taylor, <i>Rainbow Color Map (Still) Considered Harmful</i>, 2007).
    /// </summary>
    private static readonly HashSet<string> Uneven =
        new(["Jet", "Rainbow", "MellowRainbow", "Hsv", "HSV", "Hue", "Hot"], StringComparer.Ordinal);

    /// <summary>Makes a color of a hue.</summary>
    private static readonly HashSet<string> OfHue = new(["FromHsv", "FromHsl", "Hsv", "Hsl"], StringComparer.Ordinal);

    private static readonly string[] Libraries =
        ["ScottPlot", "OxyPlot", "Plotly", "XPlot", "OpenCvSharp", "Emgu", "SkiaSharp", "SixLabors"];

    /// <summary>One that every one of these libraries has, and whose brightness only grows.</summary>
    public const string Even = "Viridis";

    public static bool IsNamed(string name) => Uneven.Contains(name) || OfHue.Contains(name);

    /// <summary>Whether a name means such a map of one of the libraries.</summary>
    public static bool IsUneven(ISymbol symbol) =>
        Uneven.Contains(symbol.Name) && Library(symbol) is not (null or "SkiaSharp" or "SixLabors");

    /// <summary>Whether a name means what makes a color of a hue.</summary>
    public static bool IsOfHue(ISymbol symbol) => OfHue.Contains(symbol.Name) && Library(symbol) is "SkiaSharp" or "SixLabors";

    /// <summary>Whether there is an even map where a symbol is.</summary>
    public static bool HasEven(ISymbol symbol) => symbol.ContainingSymbol is INamespaceOrTypeSymbol home && !home.GetMembers(Even).IsEmpty;

    private static string? Library(ISymbol symbol)
    {
        var root = symbol.ContainingNamespace;
        while (root is { IsGlobalNamespace: false, ContainingNamespace.IsGlobalNamespace: false }) root = root.ContainingNamespace;
        return root is null ? null : Libraries.FirstOrDefault(l => l == root.Name);
    }
}
