using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

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
        var title = $"Probes of {string.Join(", ", reports.Select(r => r.Model).Distinct())}";
        var page = new StringBuilder(ReportPage.Head(title));
        page.Append($"<body>\n<a class=\"skip\" href=\"#main\">To the content</a>\n<header><h1>{E(title)}</h1>");
        page.Append("<nav aria-label=\"On this page\"><ul><li><a href=\"#overview\">Overview</a></li>"
            + "<li><a href=\"#answers\">Answers</a></li>");
        page.AppendLine("</ul></nav></header>\n<main id=\"main\" tabindex=\"-1\">\n<section id=\"overview\"><h2>Overview</h2>");
        foreach (var report in reports)
        {
            int Count(ProbeVerdict verdict) => report.Results.Count(r => r.Verdict == verdict);
            if (reports.Count > 1) page.AppendLine($"<h3>{E(report.Model)}</h3>");
            page.AppendLine($"<p class=\"lead\">{(report.Learns ? "No probe failed." : "It will not learn as it should.")}</p>");
            if (Cause(report) is { } cause) page.AppendLine($"<p><strong>{E(cause)}</strong></p>");
            if (report.Setting is { } setting) page.AppendLine($"<p class=\"quiet\">{E(setting)}</p>");
            page.AppendLine(ReportPage.Bar(("good", "ok", Count(ProbeVerdict.Passed)),
                ("open", "suspicious", Count(ProbeVerdict.Suspicious)), ("bad", "failed", Count(ProbeVerdict.Failed)),
                ("none", "skipped", Count(ProbeVerdict.Skipped))));
            page.AppendLine("<ul class=\"key\">" + string.Concat(Enum.GetValues<ProbeVerdict>().Select(v =>
                $"<li><i class=\"{Class(v, skipped: "none")}\"></i>{Mark(v).ToLowerInvariant()}: {Count(v)}</li>")) + "</ul>");
        }
        page.AppendLine("</section>\n<section id=\"answers\"><h2>Answers</h2>").AppendLine(ReportPage.Filter);
        foreach (var report in reports)
        {
            if (reports.Count > 1) page.AppendLine($"<p class=\"lead\">{E(report.Model)}</p>");
            // Trouble first: what is fine is read last, if at all.
            foreach (var result in report.Results.OrderBy(r => !r.IsTrouble)) Add(page, result);
        }
        return page.Append("</section>\n</main>\n").Append(ReportPage.Script).AppendLine("</body>\n</html>").ToString();
    }

    private static void Add(StringBuilder page, ProbeResult result)
    {
        var (mark, look) = (Mark(result.Verdict), Class(result.Verdict, skipped: "open"));
        page.AppendLine($"<article class=\"{look}\" data-rule=\"{E(result.RuleId ?? result.Probe)}\" data-verdict=\"{mark}\">");
        page.AppendLine($"<h3>{E(result.Probe)}{(result.RuleId is { } id ? $" ({E(id)})" : "")} "
            + $"<span class=\"verdict {look}\">{mark}</span></h3>");
        page.AppendLine($"<p>{E(result.Measured)}</p>");
        if (result.Advice.Length > 0) page.AppendLine($"<p><strong>{E(result.Advice)}</strong></p>");
        if (result.Threshold.Length > 0) page.AppendLine($"<p class=\"quiet\">Bound: {E(result.Threshold)}</p>");
        if (result.Curves.Any(c => c.Y.Count > 1)) page.Append(Plot(result));
        page.AppendLine("</article>");
    }

    private static string Plot(ProbeResult result)
    {
        var byRate = result.Probe == "LearningRateSweep";
        var positive = result.Curves.All(c => c.Y.Where(double.IsFinite).All(y => y > 0));
        // A curve that runs away is cut, or it would hide where it came from.
        return new ReportChart(byRate ? "learning rate" : "step", "loss", byRate, positive, result.Curves.Select((c, i) =>
            new ChartLine(c.Name, i, c.X.Zip(c.Y).Where(p => p.Second < 1e3 * Math.Max(1, Math.Abs(c.Y[0]))).ToList())).ToList()).ToHtml();
    }

    private static string Class(ProbeVerdict verdict, string skipped) => verdict switch { ProbeVerdict.Passed => "good",
        ProbeVerdict.Failed => "bad", ProbeVerdict.Suspicious => "open", _ => skipped };

    /// <summary>What explains the others, in one line; null where one probe alone has found something, or none.</summary>
    private static string? Cause(ProbeReport report)
    {
        if (report.Cause is not { } cause) return null;
        var others = report.Results.Where(r => r.IsTrouble && r != cause && r.Probe != cause.Probe).Select(r => r.Probe)
            .Distinct().ToList();
        return others.Count == 0 ? null : $"First: {cause.Measured}{(cause.RuleId is { } id ? $" [{id}]" : "")}. It may explain what "
            + $"{string.Join(", ", others)} say{(others.Count == 1 ? "s" : "")}.";
    }

    private static string Mark(ProbeVerdict verdict) => verdict switch { ProbeVerdict.Passed => "ok",
        ProbeVerdict.Suspicious => "suspicious", ProbeVerdict.Failed => "FAILED", _ => "skipped" };

    private static string E(string text) => WebUtility.HtmlEncode(text);
}
