using System.Reflection;
using TorchSharp;

namespace NnAnalyzers.Companion;

/// <summary>Trains one program once, inside a process of its own.</summary>
public static class JobHost
{
    /// <summary>Outcomes a job can have by itself; its parent adds those of a process that never comes back.</summary>
    public const string Finished = "finished", Diverged = "diverged", Crashed = "crashed", CannotRun = "cannot run";

    /// <summary>Loads an assembly, runs one of its training programs and says how it ended.</summary>
    /// <param name="assembly">Path of the compiled program.</param>
    /// <param name="method">The method as Namespace.Type.Method; nested types with +.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="device">auto, cpu or cuda.</param>
    /// <param name="threads">Threads libtorch may use.</param>
    /// <param name="libtorch">Folder of libtorch, or null.</param>
    /// <param name="folder">Folder for the program's files.</param>
    /// <param name="logFile">Where the curve goes, line by line.</param>
    /// <param name="tensorBoard">Folder for TensorBoard event files, or null.</param>
    /// <param name="watched">How to run a program that knows nothing of this; null for one that logs itself.</param>
    /// <returns>The outcome, and a line on what went wrong, if anything.</returns>
    public static (string Outcome, string? Detail, IReadOnlyDictionary<string, string> Environment) Run(
        string assembly, string method, int seed, string device, int threads, string? libtorch, string folder,
        string logFile, string? tensorBoard, WatchedProgram? watched = null)
    {
        var environment = new Dictionary<string, string>();
        TrainingRun run;
        MethodInfo program;
        try
        {
            TorchLibrary.Load(libtorch);
            torch.set_num_threads(threads);
            var place = TorchLibrary.Device(device);
            environment["torchSharp"] = typeof(torch).Assembly
                .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "?";
            environment["libtorch"] = torch.__version__;
            environment["device"] = place.ToString();
            torch.random.manual_seed(seed);
            if (watched is not null)
            {
                var (ended, why) = watched.Run(assembly, method, seed, logFile);
                return (ended, why, environment);
            }
            run = new TrainingRun(seed, place, folder, logFile);
            var dot = method.LastIndexOf('.');
            program = Assembly.LoadFrom(Path.GetFullPath(assembly)).GetType(method[..dot], throwOnError: true)!
                .GetMethod(method[(dot + 1)..], BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic, [typeof(TrainingRun)])
                ?? throw new MissingMethodException($"{method}(TrainingRun) is not in {Path.GetFileName(assembly)}");
            if (program.ContainsGenericParameters) throw new NotSupportedException($"{method} is generic: nothing says for which type");
        }
        catch (Exception error)
        {
            return (CannotRun, error is TorchLibraryException ? error.Message : FirstLine(error), environment);
        }
        using (run)
        {
            string outcome = Finished;
            string? detail = null;
            try
            {
                program.Invoke(null, [run]);
            }
            catch (TargetInvocationException error) when (error.InnerException is TrainingDivergedException diverged)
            {
                (outcome, detail) = (Diverged, diverged.Message);
            }
            catch (TargetInvocationException error)
            {
                (outcome, detail) = (IsTheMachine(error.InnerException!) ? CannotRun : Crashed, FirstLine(error.InnerException!));
            }
            // A program may swallow our exception; what it logged counts.
            if (outcome == Finished && run.Entries.FirstOrDefault(e => !double.IsFinite(e.Loss)) is { } bad)
                (outcome, detail) = (Diverged, new TrainingDivergedException(bad.Step, bad.Loss).Message);
            if (tensorBoard is not null) WriteTensorBoard(tensorBoard, run.Entries);
            return (outcome, detail, environment);
        }
    }

    private static void WriteTensorBoard(string folder, IReadOnlyList<LogEntry> entries)
    {
        Directory.CreateDirectory(folder);
        var writer = torch.utils.tensorboard.SummaryWriter(folder, createRunName: false);
        foreach (var entry in entries)
        {
            if (double.IsFinite(entry.Loss)) writer.add_scalar("loss", (float)entry.Loss, entry.Step);
            if (entry.Metric is { } metric) writer.add_scalar("metric", (float)metric, entry.Step);
        }
    }

    /// <summary>What says nothing of the code: a full disk, a library that is missing here.</summary>
    internal static bool IsTheMachine(Exception error)
    {
        const int NoSpace = 28, DiskFull = unchecked((int)0x80070070), QuotaExceeded = 122;
        return Cause(error) is DllNotFoundException or BadImageFormatException or FileLoadException or TorchLibraryException
            // Of an assembly; a file of the program's own has no version.
            || Cause(error) is FileNotFoundException { FileName: { } name } && name.Contains(", Version=", StringComparison.Ordinal)
            || Cause(error) is IOException { HResult: NoSpace or DiskFull or QuotaExceeded };
    }

    /// <summary>What reflection and static constructors wrap.</summary>
    internal static Exception Cause(Exception error) =>
        error is TargetInvocationException or TypeInitializationException && error.InnerException is { } inner ? Cause(inner) : error;

    internal static string FirstLine(Exception error) => $"{error.GetType().Name}: {error.Message.Split('\n')[0].Trim()}";
}
