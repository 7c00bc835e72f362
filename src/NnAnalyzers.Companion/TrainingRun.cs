using System.Diagnostics;
using System.Globalization;
using System.Text;
using TorchSharp;

namespace NnAnalyzers.Companion;

/// <summary>
/// One training of one program: which seed and device to use, and where the loss goes. Everything a training program
/// needs to know of the companion.
/// </summary>
public sealed class TrainingRun : IDisposable
{
    private readonly StreamWriter? _log;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly List<LogEntry> _entries = [];

    /// <param name="seed">Seed of the run; the same seed gives the same data and the same first weights.</param>
    /// <param name="device">Where to train; the CPU if null.</param>
    /// <param name="folder">An empty folder for checkpoints; a fresh temporary one if null.</param>
    /// <param name="logFile">Where each logged line goes at once; nowhere if null.</param>
    public TrainingRun(int seed, torch.Device? device = null, string? folder = null, string? logFile = null)
    {
        Seed = seed;
        Device = device ?? torch.CPU;
        Folder = folder ?? Directory.CreateTempSubdirectory("nn-run-").FullName;
        Directory.CreateDirectory(Folder);
        if (logFile is not null) _log = new StreamWriter(logFile, append: false, new UTF8Encoding(false)) { AutoFlush = true };
    }

    /// <summary>Seed of this run. The global generator of torch is seeded with it before the program starts.</summary>
    public int Seed { get; }

    /// <summary>Where the program should put its model and data.</summary>
    public torch.Device Device { get; }

    /// <summary>An empty folder of this run's own, for checkpoints.</summary>
    public string Folder { get; }

    /// <summary>What was logged so far, in order.</summary>
    public IReadOnlyList<LogEntry> Entries => _entries;

    /// <summary>Records the loss, and a metric if there is one (an accuracy, say), after a step.</summary>
    /// <param name="step">Number of optimizer steps done.</param>
    /// <param name="loss">The loss at this step.</param>
    /// <param name="metric">A number that is better when larger.</param>
    /// <exception cref="TrainingDivergedException">The loss is NaN or infinite: going on would show nothing more.</exception>
    public void Log(int step, double loss, double? metric = null)
    {
        var entry = new LogEntry(step, loss, metric, _watch.Elapsed.TotalSeconds);
        _entries.Add(entry);
        _log?.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{step}\t{loss:R}\t{(metric is { } m ? m.ToString("R", CultureInfo.InvariantCulture) : "")}\t{entry.Seconds:F3}"));
        if (!double.IsFinite(loss)) throw new TrainingDivergedException(step, loss);
    }

    /// <summary>What <see cref="Watch"/> has seen.</summary>
    public TrainingMonitor Monitor { get; } = new();

    /// <summary>Watches one step: <c>using var watch = run.Watch(model, optimizer);</c> at the top of the loop's body.</summary>
    public IDisposable Watch(torch.nn.Module model, torch.optim.Optimizer optimizer) => Monitor.Watch(model, optimizer);

    /// <inheritdoc />
    public void Dispose() => _log?.Dispose();
}

/// <summary>One logged point of a run.</summary>
/// <param name="Step">Number of optimizer steps done.</param>
/// <param name="Loss">The loss; may be NaN or infinite.</param>
/// <param name="Metric">The metric, if the program has one.</param>
/// <param name="Seconds">Seconds since the run began.</param>
public sealed record LogEntry(int Step, double Loss, double? Metric, double Seconds);

/// <summary>The loss became NaN or infinite.</summary>
public sealed class TrainingDivergedException(int step, double loss)
    : Exception(string.Create(CultureInfo.InvariantCulture, $"the loss is {loss} at step {step}"))
{
    /// <summary>The step at which it was seen.</summary>
    public int Step { get; } = step;
}
