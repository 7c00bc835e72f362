namespace NnAnalyzers.Companion;

/// <summary>
/// Marks a static method that trains a network, so that <c>nn verify</c> can train it before and after a fix. The
/// method takes one <see cref="TrainingRun"/> and logs to it. Exactly one target says when training has succeeded.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TrainingProgramAttribute : Attribute
{
    /// <summary>Success is a logged loss of at most this.</summary>
    public double LossBelow { get; set; } = double.NaN;

    /// <summary>Success is a logged metric of at least this.</summary>
    public double MetricAbove { get; set; } = double.NaN;

    /// <summary>
    /// A claim that this program tests, in words. Such a program is run as it is, and the report says whether the claim held.
    /// </summary>
    public string? Claim { get; set; }

    /// <summary>The claim is that the target is not reached.</summary>
    public bool ClaimedToFail { get; set; }
}
