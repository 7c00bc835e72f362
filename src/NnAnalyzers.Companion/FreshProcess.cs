using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using TorchSharp;

namespace NnAnalyzers.Companion;

/// <summary>
/// Goes on with a saved training session in a second process of the same program. That process is started with this assembly as its
/// startup hook, so that it has the program's own dependencies and ends before the program's Main begins.
/// </summary>
internal static class FreshProcess
{
    private const string Variable = "NN_CONTINUE";
    private static readonly JsonSerializerOptions Json = new()
        { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };
    private static readonly BindingFlags All = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>A function by the place it is compiled to, with the plain values it captures.</summary>
    private sealed record Code(string Assembly, int Token, string? Owner, Dictionary<string, JsonElement> Captured);

    private sealed record Job(Code Create, Code Load, Code Step, string Session, string Folder, int Steps, int Threads, string Answer);

    private sealed record Answer(List<double> Losses, string? Error);

    /// <summary>Makes a session, loads it and trains it on, elsewhere.</summary>
    /// <returns>The losses; or null and why there is no other process to do it.</returns>
    /// <exception cref="ProbeInputException">The other process failed; the message says at what.</exception>
    public static (IReadOnlyList<double>? Losses, string? WhyNot) Continue<T>(Func<T> create, Action<T, string> load,
        Func<T, double> step, string folder, int steps)
    {
        if (Command() is not { } start) return (null, "this program cannot be started a second time");
        if (Describe(create) is not { } making || Describe(load) is not { } loading || Describe(step) is not { } stepping)
            return (null, "the functions use objects of this process");
        var (job, answer) = (Path.Combine(folder, "continue.json"), Path.Combine(folder, "continued.json"));
        File.WriteAllText(job, JsonSerializer.Serialize(
            new Job(making, loading, stepping, typeof(T).AssemblyQualifiedName!, folder, steps, torch.get_num_threads(), answer), Json));
        start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(FreshProcess).Assembly.Location;
        start.Environment[Variable] = job;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var said = File.Exists(answer) ? JsonSerializer.Deserialize<Answer>(File.ReadAllText(answer), Json)!
            : new([], $"it ended with exit code {process.ExitCode}: {errors.Result.Split('\n')[0].Trim()}");
        return said.Error is { } error ? throw new ProbeInputException($"the session does not go on in a fresh process: {error}")
            : (said.Losses, null);
    }

    /// <summary>
    /// Starts this program again, as it was started: by its own executable, or by dotnet with the program's configuration.
    /// </summary>
    private static ProcessStartInfo? Command()
    {
        if (Environment.ProcessPath is not { } path || typeof(FreshProcess).Assembly.Location.Length == 0) return null;
        var start = new ProcessStartInfo(path) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (!Path.GetFileNameWithoutExtension(path).Equals("dotnet", StringComparison.OrdinalIgnoreCase)) return start;
        var settings = (AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string)?.Split(';')[0];
        if (settings is null || Path.ChangeExtension(Path.ChangeExtension(settings, null), ".runtimeconfig.json") is not { } config
            || !File.Exists(config)) return null;
        foreach (var argument in new[] { "exec", "--depsfile", settings, "--runtimeconfig", config, Environment.GetCommandLineArgs()[0] })
            start.ArgumentList.Add(argument);
        return start;
    }

    private static Code? Describe(Delegate function)
    {
        var (method, target) = (function.Method, function.Target);
        if (method.Module.Assembly.Location is not { Length: > 0 } assembly || method.ContainsGenericParameters
            || method.DeclaringType is not { IsGenericType: false }) return null;
        if (target is null) return new Code(assembly, method.MetadataToken, null, []);
        // What a lambda captures is in fields of a class of the compiler's.
        if (target.GetType() is not { IsGenericType: false } owner || !owner.IsDefined(typeof(CompilerGeneratedAttribute))) return null;
        var fields = owner.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        return fields.All(f => f.FieldType.IsPrimitive || f.FieldType == typeof(string))
            ? new Code(assembly, method.MetadataToken, owner.FullName,
                fields.ToDictionary(f => f.Name, f => JsonSerializer.SerializeToElement(f.GetValue(target), f.FieldType, Json))) : null;
    }

    /// <summary>The other side: does the job the variable names, if any.</summary>
    public static bool Answered()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } path) return false;
        var job = JsonSerializer.Deserialize<Job>(File.ReadAllText(path), Json)!;
        Answer answer;
        try
        {
            TorchLibrary.Load();
            torch.set_num_threads(job.Threads); // sums are taken in the same order
            var session = Type.GetType(job.Session, throwOnError: true)!;
            answer = new((List<double>)typeof(FreshProcess).GetMethod(nameof(Losses), All)!
                .MakeGenericMethod(session).Invoke(null, [job])!, null);
        }
        catch (Exception error)
        {
            answer = new([], JobHost.FirstLine(JobHost.Cause(error)));
        }
        File.WriteAllText(job.Answer, JsonSerializer.Serialize(answer, Json));
        return true;
    }

    private static List<double> Losses<T>(Job job)
    {
        torch.random.manual_seed(CheckpointRoundTripProbe.OtherSeed);
        var session = Function<Func<T>>(job.Create)();
        Function<Action<T, string>>(job.Load)(session, job.Folder);
        return CheckpointRoundTripProbe.Losses(session, Function<Func<T, double>>(job.Step), job.Steps);
    }

    private static T Function<T>(Code code) where T : Delegate
    {
        var assembly = Assembly.LoadFrom(code.Assembly);
        var method = (MethodInfo)assembly.ManifestModule.ResolveMethod(code.Token)!;
        if (code.Owner is null) return method.CreateDelegate<T>();
        var target = Activator.CreateInstance(assembly.GetType(code.Owner, throwOnError: true)!, nonPublic: true)!;
        foreach (var (name, value) in code.Captured)
        {
            var field = target.GetType().GetField(name, All)!;
            field.SetValue(target, value.Deserialize(field.FieldType, Json));
        }
        return method.CreateDelegate<T>(target);
    }
}
