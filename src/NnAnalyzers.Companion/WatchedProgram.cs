using System.Reflection;
using TorchSharp;

namespace NnAnalyzers.Companion;

/// <summary>Runs an ordinary program, rewritten to be watched, until enough was seen.</summary>
/// <param name="Steps">How many losses may go backward.</param>
/// <param name="Arguments">Of its entry point.</param>
/// <param name="Score">Type.Method that scores an output against a target; null for accuracy and R².</param>
public sealed record WatchedProgram(int Steps, IReadOnlyList<string> Arguments, string? Score)
{
    private const int StackSize = 16 << 20;
    private const BindingFlags Any = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>Runs it in a thread of its own: it may never come back.</summary>
    /// <param name="assembly">Path of the compiled program.</param>
    /// <param name="method">Namespace.Type.Method without arguments; empty for the entry point.</param>
    /// <param name="seed">Moves the program's own seeds.</param>
    /// <param name="logFile">Where its curves go.</param>
    /// <returns>The outcome, and a line on what went wrong, if anything.</returns>
    internal (string Outcome, string? Detail) Run(string assembly, string method, int seed, string logFile)
    {
        var code = Load(assembly);
        var score = Score is null ? null : Find(code, Score).CreateDelegate<Func<torch.Tensor, torch.Tensor, double>>();
        using var run = new WatchedRun(seed, Steps, logFile, score);
        var failure = Run(code, method, Arguments, run);
        return run.Bad is var (step, loss) ? (JobHost.Diverged, new TrainingDivergedException(step, loss).Message)
            : failure is null ? (JobHost.Finished, null)
            : (JobHost.IsTheMachine(failure) ? JobHost.CannotRun : JobHost.Crashed, JobHost.FirstLine(failure));
    }

    internal static Assembly Load(string assembly) => Assembly.LoadFrom(Path.GetFullPath(assembly));

    /// <summary>Runs a program until it ends or enough was seen.</summary>
    /// <param name="code">The program, rewritten to be watched.</param>
    /// <param name="method">Namespace.Type.Method without arguments; empty for the entry point.</param>
    /// <param name="arguments">Of its entry point.</param>
    /// <param name="run">Who watches.</param>
    /// <returns>What it threw before enough was seen, if anything.</returns>
    internal static Exception? Run(Assembly code, string method, IReadOnlyList<string> arguments, IWatcher run)
    {
        var start = method.Length == 0 ? code.EntryPoint ?? throw new MissingMethodException("the program has no entry point")
            : Find(code, method);
        Watch.Attach(code, run);
        Exception? failure = null;
        var program = new Thread(() =>
        {
            try { Call(start, arguments); }
            catch (Exception error) { failure = JobHost.Cause(error); }
        }, StackSize) { IsBackground = true };
        program.Start();
        while (!run.Enough.Wait(50) && program.IsAlive) { }
        return run.Enough.IsSet ? null : failure;
    }

    private static MethodInfo Find(Assembly code, string name)
    {
        var dot = name.LastIndexOf('.');
        return (dot < 0 ? null : code.GetType(name[..dot]))?.GetMethod(name[(dot + 1)..], Any)
            ?? throw new MissingMethodException($"{name} is not in {code.GetName().Name}");
    }

    private static void Call(MethodInfo method, IReadOnlyList<string> arguments)
    {
        object?[] given = method.GetParameters() switch
        {
            [{ ParameterType: var only }] when only == typeof(string[]) => [arguments.ToArray()],
            var all => all.Select(p => p.HasDefaultValue ? p.DefaultValue
                : throw new MissingMethodException($"{method.Name} needs {p.Name}: name a method without arguments")).ToArray(),
        };
        var result = method.Invoke(method.IsStatic ? null : Activator.CreateInstance(method.DeclaringType!, nonPublic: true), given);
        (result as Task)?.GetAwaiter().GetResult();
    }
}
