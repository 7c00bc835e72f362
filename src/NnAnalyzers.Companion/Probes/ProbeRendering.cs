using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace NnAnalyzers.Companion;

/// <summary>A report as text, HTML and JSON.</summary>
internal static class ProbeRendering
{
    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, Converters = { new JsonStringEnumConverter() } };

    public static string Json(ProbeReport report) => JsonSerializer.Serialize(report, Options);

    /// <summary>Several reports as one list.</summary>
    public static string Json(IReadOnlyList<ProbeReport> reports) => JsonSerializer.Serialize(reports, Options);

    public static string Text(ProbeReport report, bool onlyTrouble = false)
    {
        var text = new StringBuilder();
        if (Cause(report) is { } cause) text.AppendLine(cause).AppendLine();
        foreach (var result in report.Results.Where(r => !onlyTrouble || r.IsTrouble))
        {
            text.AppendLine($"{Mark(result.Verdict),-11} {result.Probe}: {result.Measured}{(result.RuleId is { } id ? $" [{id}]" : "")}");
            if (result.Advice.Length > 0) text.AppendLine($"            {result.Advice}")
                .AppendLine($"            Bound: {result.Threshold}");
        }
        return text.ToString().TrimEnd();
    }

    public static string Html(ProbeReport report) => Html([report]);

    /// <summary>Several reports on one page.</summary>
    public static string Html(IReadOnlyList<ProbeReport> reports)
    {
        var models = string.Join(", ", reports.Select(r => r.Model).Distinct());
        var page = new StringBuilder($$"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>Probes of {{E(models)}}</title>
            <style>
              body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
              section { border-left: 4px solid #bbb; padding: .1rem 1rem; margin: 1rem 0; }
              .Failed { border-color: #c62828; } .Suspicious { border-color: #ef9f00; } .Passed { border-color: #2e7d32; }
              h2 { font-size: 1rem; margin: .4rem 0; } p { margin: .3rem 0; }
              .bound { color: #666; font-size: .9em; } svg { max-width: 100%; height: auto; }
            </style></head><body>

            """);
        foreach (var report in reports) Add(page, report);
        return page.AppendLine("</body></html>").ToString();
    }

    private static void Add(StringBuilder page, ProbeReport report)
    {
        page.AppendLine($"<h1>Probes of {E(report.Model)}</h1>");
        page.AppendLine($"<p>{(report.Learns ? "No probe failed." : "It will not learn as it should.")}</p>");
        if (Cause(report) is { } cause) page.AppendLine($"<p><strong>{E(cause)}</strong></p>");
        if (report.Setting is { } setting) page.AppendLine($"<p class=\"bound\">{E(setting)}</p>");
        foreach (var result in report.Results)
        {
            var rule = result.RuleId is { } id ? $" ({id})" : "";
            page.AppendLine($"<section class=\"{result.Verdict}\"><h2>{Mark(result.Verdict)}: {E(result.Probe)}{rule}</h2>"
                + $"<p>{E(result.Measured)}</p>");
            if (result.Advice.Length > 0) page.AppendLine($"<p><strong>{E(result.Advice)}</strong></p>");
            if (result.Threshold.Length > 0) page.AppendLine($"<p class=\"bound\">Bound: {E(result.Threshold)}</p>");
            if (result.Curves.Any(c => c.Y.Count > 1)) page.AppendLine(Plot(result));
            page.AppendLine("</section>");
        }
    }

    private static string Plot(ProbeResult result)
    {
        var byRate = result.Probe == "LearningRateSweep";
        var model = new PlotModel { DefaultFontSize = 11 };
        model.Axes.Add(byRate ? new LogarithmicAxis { Position = AxisPosition.Bottom, Title = "learning rate", AxisTitleDistance = 8 }
            : new LinearAxis { Position = AxisPosition.Bottom, Title = "step", AxisTitleDistance = 8 });
        var positive = result.Curves.All(c => c.Y.Where(double.IsFinite).All(y => y > 0));
        model.Axes.Add(positive ? new LogarithmicAxis { Position = AxisPosition.Left, Title = "loss", AxisTitleDistance = 20 }
            : new LinearAxis { Position = AxisPosition.Left, Title = "loss", AxisTitleDistance = 20 });
        // A curve that runs away is cut, or it would hide where it came from.
        var legend = new StringBuilder();
        foreach (var (curve, i) in result.Curves.Select((c, i) => (c, i)))
        {
            var color = Colors[i % Colors.Length];
            var line = new LineSeries { Color = OxyColor.Parse(color) };
            // Beside the plot: in it the exporter cannot know how wide a text will be.
            if (result.Curves.Count > 1) legend.Append($"<span style=\"color:{color}\">■</span> {E(curve.Name)} &nbsp; ");
            line.Points.AddRange(curve.X.Zip(curve.Y).Where(p => double.IsFinite(p.Second)
                && p.Second < 1e3 * Math.Max(1, Math.Abs(curve.Y[0]))).Select(p => new DataPoint(p.First, p.Second)));
            model.Series.Add(line);
        }
        var svg = new OxyPlot.SvgExporter { Width = 620, Height = 260, UseVerticalTextAlignmentWorkaround = true }.ExportToString(model);
        return svg[svg.IndexOf("<svg", StringComparison.Ordinal)..] + (legend.Length > 0 ? $"<p class=\"bound\">{legend}</p>" : "");
    }

    /// <summary>What explains the others, in one line; null where one probe alone has found something, or none.</summary>
    private static string? Cause(ProbeReport report)
    {
        if (report.Cause is not { } cause) return null;
        var others = report.Results.Where(r => r.IsTrouble && r != cause && r.Probe != cause.Probe).Select(r => r.Probe)
            .Distinct().ToList();
        return others.Count == 0 ? null : $"First: {cause.Measured}{(cause.RuleId is { } id ? $" [{id}]" : "")}. It may explain what "
            + $"{string.Join(", ", others)} say{(others.Count == 1 ? "s" : "")}.";
    }

    private static readonly string[] Colors = ["#1f77b4", "#d62728", "#2ca02c", "#ff7f0e", "#9467bd", "#8c564b"];

    private static string Mark(ProbeVerdict verdict) => verdict switch { ProbeVerdict.Passed => "ok",
        ProbeVerdict.Suspicious => "suspicious", ProbeVerdict.Failed => "FAILED", _ => "skipped" };

    private static string E(string text) => WebUtility.HtmlEncode(text);
}
