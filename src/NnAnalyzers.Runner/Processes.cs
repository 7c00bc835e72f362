using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace NnAnalyzers.Runner;

/// <summary>Other processes, by number, and the group that a job's process leads.</summary>
public static class Processes
{
    private const string Parent = "NN_PARENT";
    private const int Kill = 9;

    /// <summary>Whether a process of this number runs; a dead one that nobody has asked after does not.</summary>
    public static bool IsAlive(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return error is System.ComponentModel.Win32Exception; // not ours to look at, but there
        }
    }

    /// <summary>Tells a process that is to be started whose it is, for <see cref="LeadGroup"/>.</summary>
    public static void Own(ProcessStartInfo start) =>
        start.Environment[Parent] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// Makes this process, and all that it starts, a group of their own, which ends when the process that started it does, however that
    /// dies. Not on Windows.
    /// </summary>
    public static void LeadGroup()
    {
        if (OperatingSystem.IsWindows()
            || !int.TryParse(Environment.GetEnvironmentVariable(Parent), CultureInfo.InvariantCulture, out var parent)) return;
        Environment.SetEnvironmentVariable(Parent, null);
        if (setsid() < 0) return;
        new Thread(() =>
        {
            while (getppid() == parent) Thread.Sleep(200);
            // 0: everyone in the group.
            _ = kill(0, Kill);
        }) { IsBackground = true, Name = "parent watch", Priority = ThreadPriority.AboveNormal }.Start();
    }

    /// <summary>Ends a process with all that it started.</summary>
    public static void End(Process leader)
    {
        try { leader.Kill(entireProcessTree: true); }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception) { /* it has ended */ }
        EndGroup(leader.Id);
    }

    /// <summary>Ends what is left of a group, also when its leader is gone.</summary>
    public static void EndGroup(int leader)
    {
        if (!OperatingSystem.IsWindows()) _ = kill(-leader, Kill);
    }

    [DllImport("libc")]
    private static extern int setsid();

    [DllImport("libc")]
    private static extern int getppid();

    [DllImport("libc")]
    private static extern int kill(int process, int signal);
}
