using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace NnAnalyzers.Companion;

/// <summary>One line of a chart.</summary>
/// <param name="Name">Lines of one name look alike, and their values are told together.</param>
/// <param name="Style">Colour and dash, from 0 to 5.</param>
/// <param name="Points">In the order of x.</param>
internal sealed record ChartLine(string Name, int Style, IReadOnlyList<(double X, double Y)> Points);

/// <summary>Curves as a figure of HTML: an SVG that takes its colours from the page, a key, and the values for the page's script.</summary>
/// <param name="XTitle">What x is, in the singular: step.</param>
/// <param name="YTitle">What y is: loss.</param>
/// <param name="LogX">Whether x is drawn by its logarithm.</param>
/// <param name="LogY">Whether y is.</param>
/// <param name="Lines">What is drawn.</param>
internal sealed record ReportChart(string XTitle, string YTitle, bool LogX, bool LogY, IReadOnlyList<ChartLine> Lines)
{
    /// <summary>A value of y to draw as a dotted line; null for none.</summary>
    public double? Target { get; init; }

    private const double Width = 640, Height = 300;

    /// <summary>Places along x whose values can be read.</summary>
    private const int MostPlaces = 60;

    // The exporter knows no style sheets: it is given colours that nobody draws with, and these are replaced by the page's.
    private static readonly OxyColor Ink = OxyColor.FromRgb(1, 2, 250), Grid = OxyColor.FromRgb(1, 2, 251),
        Faint = OxyColor.FromRgb(1, 2, 252);
    private static OxyColor ColorOf(int style) => OxyColor.FromRgb(1, 3, (byte)style);
    private static readonly double[]?[] Dashes = [null, [5, 2.5], [1.2, 2], [8, 2, 1.2, 2], [3, 3], [10, 4]];
    private static readonly int Styles = Dashes.Length;

    public string ToHtml()
    {
        var lines = Lines.Select(l => l with { Points = l.Points.Where(IsDrawn).ToList(), Style = l.Style % Styles }).ToList();
        if (lines.All(l => l.Points.Count == 0)) return "<p class=\"quiet\">No value was logged that could be drawn.</p>";
        var plot = new PlotModel { DefaultFontSize = 12, PlotAreaBorderColor = Grid, TextColor = Ink, Background = OxyColors.Undefined };
        plot.Axes.Add(Axis(LogX, AxisPosition.Bottom, XTitle, 8));
        plot.Axes.Add(Axis(LogY, AxisPosition.Left, YTitle, 16));
        if (Target is { } wanted && IsDrawn((1, wanted)))
        {
            var (first, last) = (lines.SelectMany(l => l.Points).Min(p => p.X), lines.SelectMany(l => l.Points).Max(p => p.X));
            plot.Series.Add(Series(new("target", 0, [(first, wanted), (last, wanted)]), Faint, [1, 3], 1.5));
        }
        foreach (var line in lines) plot.Series.Add(Series(line, ColorOf(line.Style), Dashes[line.Style], 1.7));
        var svg = new SvgExporter { Width = Width, Height = Height, UseVerticalTextAlignmentWorkaround = true, IsDocument = false }
            .ExportToString(plot);
        var html = new StringBuilder($"<figure data-span=\"{F(plot.PlotArea.Top)} {F(plot.PlotArea.Bottom)}\"");
        html.Append($" data-values=\"{E(JsonSerializer.Serialize(Values(lines, plot.DefaultXAxis)))}\">\n");
        html.Append(Themed(svg, Label(lines)));
        html.Append("<figcaption><ul class=\"key\">");
        foreach (var (name, style, count) in lines.GroupBy(l => l.Name).Select(g => (g.Key, g.First().Style, g.Count())))
            html.Append($"<li>{Sample($"line-{style}", Dashes[style])}{E(name)}{(count > 1 ? ", one line a seed" : "")}</li>");
        if (Target is { } target) html.Append($"<li>{Sample("line-4", [1, 3])}target: {Number(target)}</li>");
        return html.Append("</ul></figcaption>\n</figure>\n").ToString();
    }

    /// <summary>A figure with three digits that count.</summary>
    public static string Number(double? value) => value switch
    {
        null => "–",
        { } v when v == 0 => "0",
        { } v when Math.Abs(v) is >= 1e5 or < 1e-3 => v.ToString("0.0e+0", CultureInfo.InvariantCulture),
        { } v => v.ToString(Math.Abs(v) >= 100 ? "0" : "0.###", CultureInfo.InvariantCulture),
    };

    private bool IsDrawn((double X, double Y) point) => double.IsFinite(point.X) && double.IsFinite(point.Y)
        && (!LogX || point.X > 0) && (!LogY || point.Y > 0);

    private static Axis Axis(bool log, AxisPosition position, string title, double distance)
    {
        Axis axis = log ? new LogarithmicAxis { LabelFormatter = v => Number(v) } : new LinearAxis { MinimumPadding = 0.02 };
        (axis.Position, axis.Title, axis.AxisTitleDistance) = (position, title, distance);
        (axis.TicklineColor, axis.AxislineColor) = (Grid, Grid);
        return axis;
    }

    private static LineSeries Series(ChartLine line, OxyColor color, double[]? dashes, double thickness)
    {
        var series = new LineSeries { Color = color, StrokeThickness = thickness, Dashes = dashes };
        series.Points.AddRange(line.Points.Select(p => new DataPoint(p.X, p.Y)));
        return series;
    }

    private static string Themed(string svg, string label)
    {
        svg = svg[svg.IndexOf("<svg", StringComparison.Ordinal)..];
        svg = $"<svg role=\"img\" aria-label=\"{E(label)}\" viewBox=\"0 0 {F(Width)} {F(Height)}\">"
            + svg[(svg.IndexOf('>') + 1)..].TrimEnd();
        foreach (var (color, name) in Enumerable.Range(0, Styles).Select(i => (ColorOf(i), $"var(--line-{i})"))
            .Concat([(Ink, "var(--quiet)"), (Grid, "var(--rule)"), (Faint, "var(--faint)")]))
            svg = svg.Replace($"#{color.R:x2}{color.G:x2}{color.B:x2}", name, StringComparison.OrdinalIgnoreCase)
                .Replace($"rgb({color.R},{color.G},{color.B})", name, StringComparison.Ordinal);
        return svg;
    }

    /// <summary>A piece of a line for the key.</summary>
    private static string Sample(string style, double[]? dashes) => "<svg viewBox=\"0 0 36 8\" aria-hidden=\"true\">"
        + $"<line class=\"{style}\" x1=\"0\" y1=\"4\" x2=\"36\" y2=\"4\" stroke-width=\"2.5\""
        + (dashes is null ? "" : $" stroke-dasharray=\"{string.Join(' ', dashes.Select(d => F(d * 2)))}\"") + "/></svg>";

    /// <summary>What there is to see, in words.</summary>
    private string Label(IReadOnlyList<ChartLine> lines) => $"Chart: {YTitle} by {XTitle}. " + string.Join(" ", lines.GroupBy(l => l.Name)
        .Select(g =>
        {
            var told = g.Where(l => l.Points.Count > 0).ToList();
            return told.Count == 0 ? $"{g.Key}: nothing to draw." : $"{g.Key}: from {Range(told.Select(l => l.Points[0].Y))} at {XTitle} "
                + $"{Number(told.Min(l => l.Points[0].X))} to {Range(told.Select(l => l.Points[^1].Y))} at "
                + $"{Number(told.Max(l => l.Points[^1].X))}.";
        })) + (Target is { } target ? $" Target: {Number(target)}." : "");

    /// <summary>Places in the picture, and what the lines say there: of lines of one name the median, the least and the most.</summary>
    private List<object[]> Values(IReadOnlyList<ChartLine> lines, Axis axis)
    {
        var all = lines.SelectMany(l => l.Points).Select(p => p.X).Distinct().Order().ToList();
        var count = Math.Min(all.Count, MostPlaces);
        return Enumerable.Range(0, count).Select(i => all[count == 1 ? 0 : (int)((long)i * (all.Count - 1) / (count - 1))]).Select(x =>
        {
            var told = lines.GroupBy(l => l.Name).Select(g => (g.Key, Values: g.Select(l => At(l.Points, x)).OfType<double>().ToList()))
                .Where(g => g.Values.Count > 0).Select(g => $"{g.Key} {Range(g.Values)}");
            return new object[] { Math.Round(axis.Transform(x), 1), $"{XTitle} {Number(x)}: {string.Join("; ", told)}" };
        }).ToList();
    }

    /// <summary>The last value up to a place; null before a line begins and after it has ended.</summary>
    private static double? At(IReadOnlyList<(double X, double Y)> points, double x)
    {
        if (points.Count == 0 || x < points[0].X || x > points[^1].X) return null;
        var (low, high) = (0, points.Count - 1);
        while (low < high) { var middle = (low + high + 1) / 2; if (points[middle].X <= x) low = middle; else high = middle - 1; }
        return points[low].Y;
    }

    private static string Range(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        var median = (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
        return sorted.Count == 1 ? Number(median) : $"{Number(median)} ({Number(sorted[0])} to {Number(sorted[^1])})";
    }

    private static string F(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
    private static string E(string text) => WebUtility.HtmlEncode(text);
}
