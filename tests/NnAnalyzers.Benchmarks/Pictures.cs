using OxyPlot;

namespace NnAnalyzers.Benchmarks;

/// <summary>The pictures of the rules' pages.</summary>
internal static class Pictures
{
    private const int Side = 130, Gap = 8;

    /// <summary>
    /// A field without any edge (a slope with two gentle hills), in Jet at the left and Viridis at the right; below, the brightness of
    /// each: what it looks like in print, or to somebody who sees no colors.
    /// </summary>
    public static void WriteColormaps(string path)
    {
        var picture = new OxyColor[2 * Side + Gap, 2 * Side + Gap];
        for (var x = 0; x < picture.GetLength(0); x++)
            for (var y = 0; y < picture.GetLength(1); y++) picture[x, y] = OxyColors.White;
        foreach (var (palette, left) in new[] { (OxyPalettes.Jet(256), 0), (OxyPalettes.Viridis(256), Side + Gap) })
            for (var x = 0; x < Side; x++)
                for (var y = 0; y < Side; y++)
                {
                    var color = palette.Colors[(int)(255 * Field((double)x / Side, (double)y / Side))];
                    // Rec. 601.
                    var gray = (byte)(0.299 * color.R + 0.587 * color.G + 0.114 * color.B);
                    picture[left + x, y] = color;
                    picture[left + x, Side + Gap + y] = OxyColor.FromRgb(gray, gray, gray);
                }
        File.WriteAllBytes(path, OxyImage.Create(picture, ImageFormat.Png).GetData());
    }

    /// <summary>Numbers from 0 to 1.</summary>
    private static double Field(double x, double y)
    {
        static double Hill(double dx, double dy, double width) => Math.Exp(-(dx * dx + dy * dy) / (width * width));
        return 0.7 * x + 0.4 * Hill(x - 0.3, y - 0.35, 0.2) + 0.3 * Hill(x - 0.65, y - 0.7, 0.25);
    }
}
