using System.Diagnostics;
using NnAnalyzers.Runner;

namespace NnAnalyzers.Tool.Verify;

/// <summary>
/// Keeps the report's page true while trainings run: which run now, the curves of those that have ended, the time left. A file that comes
/// anew by itself needs no server and no port, can be looked at on a shared disk, and stays as it was when everything ends.
/// </summary>
internal sealed class LiveReport : IDisposable
{
    /// <summary>A page takes at most this part of the time, so that trainings keep the machine.</summary>
    private const int Share = 20;

    private readonly string _folder;
    private readonly int _seconds;
    private readonly Plan _plan;
    private readonly int _all;
    private readonly object _gate = new();
    private readonly List<Job> _running = [];
    private readonly List<JobResult> _results = [];
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly ManualResetEventSlim _over = new();
    private readonly Thread _writer;
    private int _kept;

    /// <param name="folder">Of the report.</param>
    /// <param name="plan">What is run.</param>
    /// <param name="all">How many trainings of it are run here.</param>
    /// <param name="seconds">Between two pages.</param>
    public LiveReport(string folder, Plan plan, int all, int seconds = 5)
    {
        (_folder, _plan, _all, _seconds) = (folder, plan, all, seconds);
        Write();
        _writer = new Thread(() =>
        {
            var pause = TimeSpan.FromSeconds(seconds);
            while (!_over.Wait(pause))
            {
                var began = _watch.Elapsed;
                Write();
                pause = TimeSpan.FromSeconds(Math.Max(seconds, Share * (_watch.Elapsed - began).TotalSeconds));
            }
        }) { IsBackground = true };
        _writer.Start();
    }

    public void Started(Job job)
    {
        lock (_gate) _running.Add(job);
    }

    public void Ended(JobResult result)
    {
        lock (_gate)
        {
            _results.Add(result);
            // What was there before took no time.
            if (_running.RemoveAll(j => j.Id == result.Job) == 0) _kept++;
        }
    }

    /// <summary>The last page: where a report follows it is written over, else it says how far the trainings came.</summary>
    public void Dispose()
    {
        if (_over.IsSet) return;
        _over.Set();
        _writer.Join();
        Write(isOver: true);
    }

    private void Write(bool isOver = false)
    {
        List<JobResult> results;
        LiveState state;
        lock (_gate) (results, state) = ([.. _results], State(isOver));
        var done = results.CountBy(r => r.Program).ToDictionary();
        var all = _plan.Jobs().CountBy(j => j.Program.Id).ToDictionary();
        bool IsWhole(ProgramPlan program) => done.GetValueOrDefault(program.Id) == all[program.Id];
        var begun = _plan.Programs.Where(p => p.Claim is null && done.ContainsKey(p.Id)).Select(p => Verdict.Of(p, results)).ToList();
        var verdicts = begun.Select(v => IsWhole(v.Program) ? v
            : v with { Judgement = $"not yet: {done[v.Program.Id]} of {all[v.Program.Id]} trainings" }).ToList();
        var rules = RuleVerdict.Of(begun.Where(v => IsWhole(v.Program)), _plan.Seeds);
        var claims = _plan.Programs.Where(p => p.Claim is not null && IsWhole(p)).Select(p => ClaimVerdict.Of(p, results)).ToList();
        var environment = results.SelectMany(r => r.Environment).DistinctBy(e => e.Key).ToDictionary();
        try
        {
            AtomicFile.Write(Path.Combine(_folder, Report.PageName),
                ReportHtml.Of(_plan, verdicts, rules, claims, results, environment, state));
        }
        // A page is no reason to stop trainings; the report at the end says what is wrong with the folder.
        catch (Exception error) when (error is IOException or UnauthorizedAccessException) { }
    }

    private LiveState State(bool isOver)
    {
        var (done, left) = (_results.Count, _all - _results.Count);
        var heading = !isOver ? "Trainings are running" : left == 0 ? "All trainings have ended" : "The trainings were stopped";
        var said = $"{done} of {_all} trainings have ended" + (left == 0 ? "." : isOver ? "; nn verify --resume goes on."
            : TimeLeft(done - _kept, left, _watch.Elapsed) is { } time ? $"; about {InWords(time)} left."
            : "; how long it takes is not known yet.");
        return new(heading, done, _all, said, isOver ? [] : _running.Select(j => j.Id).ToList(), isOver ? 0 : _seconds);
    }

    /// <summary>As long for each of the rest as for those that were trained here; null before one was.</summary>
    public static TimeSpan? TimeLeft(int trained, int left, TimeSpan elapsed) => trained <= 0 ? null : elapsed / trained * left;

    public static string InWords(TimeSpan time) => time.TotalSeconds < 60 ? $"{Math.Max(1, Math.Round(time.TotalSeconds)):0} s"
        : time.TotalMinutes < 90 ? $"{Math.Round(time.TotalMinutes):0} min" : $"{time.TotalHours:0.0} h";
}
