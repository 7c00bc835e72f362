namespace NnAnalyzers.Tool;

/// <summary>Something the user can mend: one line saying what is wrong, where, and what to do. Ends with exit code 2.</summary>
internal sealed class ToolException(string message, Exception? inner = null) : Exception(message, inner);

internal static class ExitCode
{
    public const int Clean = 0, Findings = 1, CannotRun = 2;

    /// <summary>Ended by Ctrl+C: 128 and the signal's number, as shells count.</summary>
    public const int Interrupted = 130;
}
