namespace NnAnalyzers.Tests.Rules;

public class NN6005_ColormapNotUniformTests
{
    /// <summary>What the libraries call their maps.</summary>
    private const string Libraries = """
        namespace OpenCvSharp
        {
            public class Mat { }
            public enum ColormapTypes { Autumn, Jet, Rainbow, Hsv, Hot, Viridis, Turbo }
            public static class Cv2 { public static void ApplyColorMap(Mat source, Mat picture, ColormapTypes map) { } }
        }
        namespace OxyPlot
        {
            public class OxyPalette { }
            public static class OxyPalettes
            {
                public static OxyPalette Jet(int n) => new(); public static OxyPalette Hot(int n) => new();
                public static OxyPalette Hue(int n) => new(); public static OxyPalette Viridis(int n) => new();
            }
        }
        namespace ScottPlot
        {
            public interface IColormap { }
            public class Heatmap { public IColormap? Colormap { get; set; } }
        }
        namespace ScottPlot.Colormaps { public class Jet : IColormap { } public class Viridis : IColormap { } }
        namespace ScottPlot.Drawing
        {
            public class Colormap { public static Colormap Jet => new(); public static Colormap Viridis => new(); }
        }
        namespace Plotly.NET
        {
            public static class StyleParam
            {
                public class Colorscale { public static Colorscale Rainbow => new(); public static Colorscale Viridis => new(); }
            }
        }
        namespace SkiaSharp { public struct SKColor { public static SKColor FromHsv(float h, float s, float v) => default; } }
        namespace SixLabors.ImageSharp.ColorSpaces { public struct Hsv { public Hsv(float h, float s, float v) { } } }
        namespace Cars { public enum Kind { Jet, Rainbow, Viridis } }
        """;

    private static string Draw(string code) => Libraries + "\nstatic class Pictures { static object? Draw(float value, OpenCvSharp.Mat a, "
        + $"ScottPlot.Heatmap map) {{ {code} }} }}";

    [Theory]
    [InlineData("OpenCvSharp.Cv2.ApplyColorMap(a, a, OpenCvSharp.ColormapTypes.{|NN6005:Jet|}); return null;")]
    [InlineData("OpenCvSharp.Cv2.ApplyColorMap(a, a, OpenCvSharp.ColormapTypes.{|NN6005:Hot|}); /* warm */ return null;")]
    [InlineData("return OxyPlot.OxyPalettes.{|NN6005:Jet|}(500);")]
    [InlineData("return OxyPlot.OxyPalettes.{|NN6005:Hue|}(500);")]
    [InlineData("map.Colormap = new ScottPlot.Colormaps.{|NN6005:Jet|}(); return map;")]
    [InlineData("return ScottPlot.Drawing.Colormap.{|NN6005:Jet|};")]
    [InlineData("return Plotly.NET.StyleParam.Colorscale.{|NN6005:Rainbow|};")]
    public Task Viridis_instead(string code) => Verify.FixAsync(Draw(code),
        Draw(System.Text.RegularExpressions.Regex.Replace(code, @"\{\|NN6005:\w+\|\}", "Viridis")));

    [Theory]
    [InlineData("return SkiaSharp.SKColor.{|NN6005:FromHsv|}((1 - value) * 240, 100, 100);")]
    [InlineData("return new SixLabors.ImageSharp.ColorSpaces.{|NN6005:Hsv|}(240 * value, 1, 1);")]
    public Task A_ramp_of_hues(string code) => Verify.FiresAsync(Draw(code));

    [Theory]
    [InlineData("return OxyPlot.OxyPalettes.Viridis(500);")]
    [InlineData("return OpenCvSharp.ColormapTypes.Turbo;")]
    [InlineData("var phase = a; OpenCvSharp.Cv2.ApplyColorMap(phase, a, OpenCvSharp.ColormapTypes.Hsv); return null;")]
    [InlineData("return SkiaSharp.SKColor.FromHsv(210, 100, 100);")] // one color
    [InlineData("return SkiaSharp.SKColor.FromHsv(value, 100, value * 100);")] // brightness too
    [InlineData("return Cars.Kind.Jet;")]
    public Task Silent(string code) => Verify.SilentAsync(Draw(code));
}
