using System.Diagnostics;
using System.Text.Json;

namespace NnAnalyzers.Reliability;

/// <summary>Tries the faults of an area, in a process that is replaced when one of them ends it.</summary>
internal static class Runner
{
    /// <summary>A fault that says nothing for so long is given up; the busiest machine needs a fraction of it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static async Task<Row> RunAsync(IArea area, int seed, int? count, TimeSpan? budget, string command, Action<Failure> failed,
        CancellationToken cancellation)
    {
        var failures = new List<Failure>();
        var end = Math.Min(count ?? area.Usual ?? int.MaxValue, area.Most);
        var (next, tried) = (area.First, 0);
        var watch = Stopwatch.StartNew();
        void Took(int number, string? wrong)
        {
            (tried, next) = (tried + 1, number + 1);
            if (wrong is null) return;
            failures.Add(new(number, seed, area.KindOf(number, seed), wrong));
            failed(failures[^1]);
        }
        bool IsTime() => budget is null || watch.Elapsed < budget;
        if (area.IsApart)
            while (next < end && IsTime()) await ApartAsync(area, seed, next, end, budget - watch.Elapsed, Took, cancellation);
        else
            while (next < end && IsTime()) Took(next, await TryAsync(area, next, seed, cancellation));
        return new(area.Name, area.Promise, tried, tried - failures.Count, command, seed, failures);
    }

    /// <summary>What a worker does: a line before each fault and one after it.</summary>
    public static async Task WorkAsync(IArea area, int seed, int from, int to, TimeSpan? budget, TextWriter output,
        CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        for (var number = from; number < to && (budget is null || watch.Elapsed < budget); number++)
        {
            output.WriteLine($"> {number}");
            output.Flush();
            output.WriteLine($"= {number} {JsonSerializer.Serialize(await TryAsync(area, number, seed, cancellation))}");
            output.Flush();
        }
        output.WriteLine(".");
        output.Flush();
    }

    /// <summary>Tries one fault in this process.</summary>
    public static async Task<string?> TryAsync(IArea area, int number, int seed, CancellationToken cancellation)
    {
        try
        {
            return await area.TryAsync(number, seed, cancellation);
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            return $"{error.GetType().Name}: {error.Message.Split('\n')[0].Trim()} {error.StackTrace?.Split('\n')[0].Trim()}";
        }
    }

    private static async Task ApartAsync(IArea area, int seed, int from, int to, TimeSpan? budget, Action<int, string?> took,
        CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments = [typeof(Runner).Assembly.Location, "worker", area.Name, $"--seed={seed}", $"--from={from}", $"--to={to}",
            .. budget is { } rest ? [$"--seconds={Math.Max(1, (int)rest.TotalSeconds)}"] : Array.Empty<string>()];
        // Started by dotnet or by a host of its own.
        foreach (var argument in Path.GetFileNameWithoutExtension(start.FileName) == "dotnet" ? arguments : arguments[1..])
            start.ArgumentList.Add(argument);
        // A megabyte, as threads have it on Windows: what overflows anywhere overflows here.
        start.Environment["DOTNET_DefaultStackSize"] = "100000";
        using var worker = Process.Start(start)!;
        var said = new List<string>();
        worker.ErrorDataReceived += (_, line) =>
        {
            lock (said)
                if (line.Data is { Length: > 0 } text && said.Count < 3) said.Add(text.Trim());
        };
        worker.BeginErrorReadLine();
        int? trying = null;
        var isDone = false;
        var why = "";
        try
        {
            while (true)
            {
                string? line;
                using (var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation))
                {
                    patience.CancelAfter(Patience);
                    try
                    {
                        line = await worker.StandardOutput.ReadLineAsync(patience.Token);
                    }
                    catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
                    {
                        why = $"no end after {Patience.TotalMinutes:0} minutes";
                        break;
                    }
                }
                if (line is null) break;
                if (line == ".") isDone = true;
                else if (line.StartsWith("> ", StringComparison.Ordinal)) trying = int.Parse(line[2..]);
                else if (line.StartsWith("= ", StringComparison.Ordinal) && line.Split(' ', 3) is [_, var number, var wrong])
                {
                    trying = null;
                    took(int.Parse(number), JsonSerializer.Deserialize<string?>(wrong));
                }
            }
        }
        finally
        {
            if (!worker.HasExited && !isDone) worker.Kill(entireProcessTree: true);
            await worker.WaitForExitAsync(CancellationToken.None);
        }
        if (isDone) return;
        lock (said)
            if (why.Length == 0) why = $"the process ended with code {worker.ExitCode}: {string.Join(" ", said)}";
        // Nothing was tried: the next process would do no better.
        if (trying is not { } lost) throw new InvalidOperationException(why);
        area.Lost(lost, seed);
        took(lost, why);
    }
}
