using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace NnAnalyzers.Benchmarks;

/// <summary>The article's experiment as a table in one picture: claim, the curves of every seed, ours, held.</summary>
internal static class CaseStudyPicture
{
    private const int Width = 1000, Head = 40, Row = 112, Curve = 320;
    private static readonly (int Claim, int Curve, int Ours, int Held) Left = (16, 320, 670, 870);

    public static void Write(string results, string svg)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(results));
        var claims = document.RootElement.GetProperty("claims").EnumerateArray().ToList();
        var runs = document.RootElement.GetProperty("runs").EnumerateArray().ToLookup(r => Word(r, "program"));
        var height = Head + claims.Count * Row;
        var page = new StringBuilder($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{height}\" "
            + "font-family=\"Arial, Helvetica, sans-serif\" font-size=\"14\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        Text(page, Left.Claim, 26, "claim");
        Text(page, Left.Curve, 26, "loss by step, every seed (dashed: the target)");
        Text(page, Left.Ours, 26, "ours, at the end");
        Text(page, Left.Held, 26, "held in");
        foreach (var (claim, i) in claims.Select((c, i) => (c, i)))
        {
            var (top, judgement) = (Head + i * Row, Word(claim, "judgement"));
            var color = judgement == "reproduced" ? "#1f77b4" : "#d95f02";
            page.Append(CultureInfo.InvariantCulture, $"<path d=\"M0 {top}H{Width}\" stroke=\"#ddd\"/>\n");
            page.Append(CultureInfo.InvariantCulture, $"<g transform=\"translate({Left.Curve},{top + 6})\">")
                .Append(Plot(claim, runs[Word(claim, "id")], OxyColor.Parse(color))).Append("</g>\n");
            Text(page, Left.Claim, top + 30, Lines(Word(claim, "claim"), 40));
            Text(page, Left.Ours, top + 30, Lines(Ours(claim), 24));
            Text(page, Left.Held, top + 30, $"{claim.GetProperty("held")} of {claim.GetProperty("runs").GetProperty("runs")}\n"
                + Lines(judgement, 16), color);
        }
        File.WriteAllText(svg, page.Append("</svg>\n").ToString());
    }

    /// <summary>What the runs ended with, and what their metric is.</summary>
    private static string Ours(JsonElement claim) => Word(claim, "figure").Replace("loss –,", "NaN:", StringComparison.Ordinal)
        .Replace("metric", Word(claim, "claim").Split('.')[0] switch
        {
            "4b" => "loss of 4a over this:", "7a" => "first loss over last:", "8" => "loss at the same rate over this:",
            "9a" => "loss with decay over without:", _ => "smaller loss over larger:"
        }, StringComparison.Ordinal);

    /// <summary>Powers of ten; a cross where the next loss was no number.</summary>
    private static string Plot(JsonElement claim, IEnumerable<JsonElement> runs, OxyColor color)
    {
        // An axis of exponents: a logarithmic one has too many ticks for so low a plot.
        var plot = new PlotModel
        {
            DefaultFont = "Arial", DefaultFontSize = 11, PlotAreaBorderColor = OxyColors.LightGray, PlotMargins = new(48, 4, 20, 24),
            Padding = new(0)
        };
        var points = new List<DataPoint>();
        foreach (var run in runs)
        {
            var line = new LineSeries { Color = OxyColor.FromAColor(170, color), StrokeThickness = 1.3 };
            line.Points.AddRange(run.GetProperty("curve").EnumerateArray()
                .Select(p => (Step: p.GetProperty("step"), Loss: p.GetProperty("loss")))
                .Where(p => p.Loss.ValueKind == JsonValueKind.Number)
                .Select(p => new DataPoint(p.Step.GetInt32(), Math.Log10(p.Loss.GetDouble()))));
            points.AddRange(line.Points);
            plot.Series.Add(line);
            if (Word(run, "outcome") != "diverged") continue;
            var end = line.Points.Count > 0 ? line.Points[^1] : new DataPoint(1, Math.Log10(float.MaxValue));
            points.Add(end);
            var cross = new ScatterSeries { MarkerType = MarkerType.Cross, MarkerStroke = color, MarkerStrokeThickness = 2 };
            cross.Points.Add(new(end.X, end.Y));
            plot.Series.Add(cross);
        }
        var steps = Math.Max(2, points.Max(p => p.X));
        if (claim.TryGetProperty("lossBelow", out var target))
        {
            var dashed = new LineSeries { Color = OxyColors.Black, LineStyle = LineStyle.Dash, StrokeThickness = 1 };
            dashed.Points.AddRange(new[] { 0, steps }.Select(step => new DataPoint(step, Math.Log10(target.GetDouble()))));
            points.AddRange(dashed.Points);
            plot.Series.Add(dashed);
        }
        var (low, high) = (Math.Floor(points.Min(p => p.Y)), Math.Ceiling(points.Max(p => p.Y)));
        plot.Axes.Add(new LinearAxis
        {
            Position = AxisPosition.Bottom, Minimum = 0, Maximum = steps, MajorStep = steps / 2, MinorTickSize = 0
        });
        plot.Axes.Add(new LinearAxis
        {
            Position = AxisPosition.Left, Minimum = low - 0.1, Maximum = high + 0.1, MinorTickSize = 0,
            MajorStep = Math.Max(1, Math.Ceiling((high - low) / 3)), LabelFormatter = v => v == 0 ? "1" : $"1e{v:0}"
        });
        var svg = new SvgExporter { Width = Curve, Height = Row - 8, UseVerticalTextAlignmentWorkaround = true }.ExportToString(plot);
        return svg[svg.IndexOf("<svg", StringComparison.Ordinal)..];
    }

    private static string Word(JsonElement e, string name) => e.GetProperty(name).GetString()!;

    private static void Text(StringBuilder page, int x, int y, string lines, string color = "#222")
    {
        foreach (var (line, i) in lines.Split('\n').Select((l, i) => (l, i)))
            page.Append(CultureInfo.InvariantCulture, $"<text x=\"{x}\" y=\"{y + 19 * i}\" fill=\"{color}\">")
                .Append(WebUtility.HtmlEncode(line)).Append("</text>\n");
    }

    /// <summary>Broken between words.</summary>
    private static string Lines(string text, int width) => text.Split(' ').Aggregate((lines, word) =>
        lines + (lines.Length - lines.LastIndexOf('\n') + word.Length > width ? '\n' : ' ') + word);
}
