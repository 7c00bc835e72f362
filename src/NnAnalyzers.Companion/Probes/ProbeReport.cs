namespace NnAnalyzers.Companion;

/// <summary>What a probe concludes.</summary>
public enum ProbeVerdict
{
    /// <summary>What was measured is within its bounds.</summary>
    Passed,

    /// <summary>Worth a look; training may still work.</summary>
    Suspicious,

    /// <summary>Training will not work, or not as it should.</summary>
    Failed,

    /// <summary>The question does not arise for this model and batch.</summary>
    Skipped,
}

/// <summary>One answer of a probe.</summary>
/// <param name="Probe">The probe that asked.</param>
/// <param name="Verdict">What it concludes.</param>
/// <param name="Measured">What was measured, in words and numbers.</param>
/// <param name="Threshold">The bound it is held against, and where the bound comes from.</param>
/// <param name="Advice">What to do; empty where nothing is wrong.</param>
public sealed record ProbeResult(string Probe, ProbeVerdict Verdict, string Measured, string Threshold, string Advice)
{
    /// <summary>The analyzer's rule about the same mistake, where there is one.</summary>
    public string? RuleId { get; init; }

    /// <summary>What it says is wrong; null where nothing is, or where it does not tell.</summary>
    public ProbeCause? Cause { get; init; }

    /// <summary>The cause is what is left when no other probe names one.</summary>
    internal bool IsGuess { get; init; }

    internal bool IsTrouble => Verdict is ProbeVerdict.Failed or ProbeVerdict.Suspicious;

    /// <summary>The layer or parameter it is about.</summary>
    public string? Place { get; init; }

    /// <summary>What to plot: a name and its points.</summary>
    public IReadOnlyList<ProbeCurve> Curves { get; init; } = [];
}

/// <summary>A curve for the report.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="X">Step or learning rate.</param>
/// <param name="Y">Loss.</param>
public sealed record ProbeCurve(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y)
{
    /// <summary>The losses of a training, one a step.</summary>
    internal static ProbeCurve OfSteps(string name, IReadOnlyList<double> losses, int first = 0) =>
        new(name, Enumerable.Range(first, losses.Count).Select(i => (double)i).ToList(), losses);
}

/// <summary>All answers of one run of the probes.</summary>
/// <param name="Model">The model's class.</param>
/// <param name="Results">In the order of the probes.</param>
[TypeFormatterSource(typeof(ProbeReportFormatters))]
public sealed record ProbeReport(string Model, IReadOnlyList<ProbeResult> Results)
{
    /// <summary>What the probes were given, where that is not the user's own data; null if it is.</summary>
    public string? Setting { get; init; }

    /// <summary>
    /// Of all that is wrong what explains the most: the first in the order of <see cref="ProbeCause"/>; null where nothing is wrong.
    /// </summary>
    public ProbeResult? Cause => Results.Where(r => r.IsTrouble)
        .OrderBy(r => r is { IsGuess: false, Cause: { } cause } ? cause : ProbeCause.CannotLearn).ThenBy(r => !r.IsGuess)
        .ThenBy(r => r.Verdict != ProbeVerdict.Failed).FirstOrDefault();

    /// <summary>No probe failed.</summary>
    public bool Learns => Results.All(r => r.Verdict != ProbeVerdict.Failed);

    /// <summary>The answers of one probe.</summary>
    public IEnumerable<ProbeResult> Of(string probe) => Results.Where(r => r.Probe == probe);

    /// <summary>Throws if a probe failed: the assertion for a test.</summary>
    /// <exception cref="ProbeFailedException">A probe failed; the message lists what and what to do.</exception>
    public ProbeReport ShouldLearn() => Learns ? this : throw new ProbeFailedException(this);

    /// <summary>Throws if a probe failed or found something suspicious.</summary>
    /// <exception cref="ProbeFailedException">As said.</exception>
    public ProbeReport ShouldBeHealthy() => !Results.Any(r => r.IsTrouble) ? this : throw new ProbeFailedException(this);

    /// <summary>The report as plain text.</summary>
    public string ToText() => ProbeRendering.Text(this);

    /// <summary>The report as one HTML page with plots, without anything from elsewhere.</summary>
    public string ToHtml() => ProbeRendering.Html(this);

    /// <summary>The report as JSON; numbers that are not finite are written as strings.</summary>
    public string ToJson() => ProbeRendering.Json(this);
}

/// <summary>A model did not pass the probes.</summary>
public sealed class ProbeFailedException(ProbeReport report)
    : Exception($"{report.Model} will not learn as it should:{Environment.NewLine}{ProbeRendering.Text(report, onlyTrouble: true)}")
{
    /// <summary>The whole report.</summary>
    public ProbeReport Report { get; } = report;
}

/// <summary>The probes cannot be run with what they were given; the message is one line on what is wrong, where, and what to do.</summary>
public sealed class ProbeInputException(string message, Exception? inner = null) : Exception(message, inner);
