/// <summary>
/// What .NET calls before Main in a process that was started by <see cref="NnAnalyzers.Companion.FreshProcess"/>. The name is .NET's.
/// </summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        if (NnAnalyzers.Companion.FreshProcess.Answered()) Environment.Exit(0);
    }
}
