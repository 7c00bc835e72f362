using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Microsoft.CodeAnalysis;
using NnAnalyzers.Companion;
using NnAnalyzers.Runner;
using NnAnalyzers.Projects;
using NnAnalyzers.Shapes;
using NnAnalyzers.Tool.Probing;
using NnAnalyzers.Tool.Formats;
using NnAnalyzers.Tool.Sources;
using NnAnalyzers.Tool.Verify;
using Spectre.Console;

namespace NnAnalyzers.Tool.Commands;

/// <summary>
/// nn probe: asks what keeps a network from learning. Runs the project's own program up to where something goes backward for the first
/// time; or makes one model of it and feeds it random numbers.
/// </summary>
internal static class ProbeCommand
{
    private sealed record Settings(string Path, string? Model, List<long?>? Input, List<KeyValuePair<string, JsonElement>> With,
        string? Loss, string? Optimizer, double? LearningRate, string Device, string? LibTorch, string[] Only, double TimeLimit,
        long MemoryLimit, string? Html, string? Json)
    {
        /// <summary>Nothing is said of a model, so the program as it is can tell.</summary>
        public bool IsOfProgram =>
            Model is null && Input is null && Loss is null && Optimizer is null && LearningRate is null && With.Count == 0;
    }

    /// <summary>Seconds that the trainings of the probes take together, about, where the time limit allows.</summary>
    private const double Usual = 60;

    public static Command Create()
    {
        var path = new Argument<string>("path")
            { Description = "The project of the model, or a folder or solution with it", DefaultValueFactory = _ => "." };
        var model = new Option<string?>("--model")
            { Description = "Do not run the program, but make a model of this class and feed it random numbers" };
        var input = new Option<string?>("--input")
            { Description = "Shape of the input, samples first, such as 64,1,28,28; may be left out where the code tells" };
        var with = new Option<string[]>("--with")
            { Description = "A constructor argument, such as hidden=64 or sizes=[4,2]", DefaultValueFactory = _ => [] };
        var loss = new Option<string?>("--loss") { Description = "The loss; may be left out where the code tells" };
        loss.AcceptOnlyFromAmong([.. ProbeJob.Losses]);
        var optimizer = new Option<string?>("--optimizer") { Description = "The optimizer; the code's, or Adam" };
        optimizer.AcceptOnlyFromAmong([.. ProbeJob.Optimizers]);
        var rate = new Option<double?>("--learning-rate") { Description = "Its rate; the code's, or 0.001" };
        var device = new Option<string>("--device") { Description = "auto, cpu or cuda", DefaultValueFactory = _ => "auto" };
        device.AcceptOnlyFromAmong("auto", "cpu", "cuda");
        var libtorch = new Option<string?>("--libtorch") { Description = "Folder of libtorch, such as torch/lib of a Python installation" };
        var only = new Option<string[]>("--only")
            { Description = "Only this probe, such as GradientFlow; may be given again", DefaultValueFactory = _ => [] };
        var timeLimit = new Option<double>("--time-limit")
            { Description = "Longest time it may take, in seconds", DefaultValueFactory = _ => 600 };
        var memoryLimit = new Option<long>("--memory-limit")
            { Description = "Most memory it may hold, in MiB", DefaultValueFactory = _ => 8192 };
        var html = new Option<string?>("--html") { Description = "Also write the report as one HTML page with plots" };
        var json = new Option<string?>("--json") { Description = "Also write the report as JSON" };
        var program = new ProgramOptions();
        var command = new Command("probe", "Asks what keeps a network from learning: runs your program until something goes backward, and "
            + "probes the model, the batch, the loss and the optimizer that are there. With --model: makes a model and feeds it random "
            + "numbers. Runs your code, in a process of its own. Exit code 0: no probe failed, 1: some did, 2: cannot run.")
        {
            path, model, input, with, loss, optimizer, rate, device, libtorch, only, timeLimit, memoryLimit, html, json,
        };
        program.AddTo(command);
        command.SetAction((parsed, cancellation) => RunAsync(program.Of(parsed), program.IsPlan(parsed),
            () => program.MayRun(parsed),
            new(parsed.GetValue(path)!, parsed.GetValue(model), parsed.GetValue(input) is { } shape ? ParseShape(shape) : null,
            parsed.GetValue(with)!.Select(ParseArgument).ToList(), parsed.GetValue(loss), parsed.GetValue(optimizer), parsed.GetValue(rate),
            parsed.GetValue(device)!, parsed.GetValue(libtorch) is { } folder ? Path.GetFullPath(folder) : null, parsed.GetValue(only)!,
            parsed.GetValue(timeLimit), parsed.GetValue(memoryLimit), parsed.GetValue(html), parsed.GetValue(json)), cancellation));
        return command.WithExamples("nn probe MyTrainer", "nn probe MyModels --model Net");
    }

    private static async Task<int> RunAsync(Ordinary ordinary, bool isPlan, Func<bool> mayRun, Settings settings,
        CancellationToken cancellation)
    {
        using var sources = await SourceSet.OpenAsync(settings.Path, "Release", cancellation, toRun: true);
        if (!settings.IsOfProgram) return await AskModelAsync(sources, settings, cancellation);
        foreach (var project in sources.Programs)
            if (await project.GetCompilationAsync(cancellation) is { } compilation
                && ordinary.StartOf(compilation, cancellation) is { Method: var start })
                return await AskProgramAsync(project, compilation, start, ordinary, isPlan, mayRun, settings, cancellation);
        if (ordinary.Call is { } call) throw new ToolException($"--call {call}: no such method in code that calls backward");
        // A library has nothing to run: a model of it is made.
        return await AskModelAsync(sources, settings, cancellation);
    }

    /// <summary>Runs the program and asks where something goes backward for the first time.</summary>
    private static async Task<int> AskProgramAsync(Project project, Compilation compilation, IMethodSymbol start, Ordinary ordinary,
        bool isPlan, Func<bool> mayRun, Settings settings, CancellationToken cancellation)
    {
        Compiles(compilation, cancellation);
        var graph = (await Analysis.ReadAsync(project, cancellation))
            ?? throw new ToolException($"{settings.Path}: this project does not use TorchSharp");
        var (program, places) = ProgramProbe.Of(compilation, graph, cancellation);
        foreach (var place in places.Where(p => !p.IsAsked))
            Console.WriteLine($"{Where(place)}: what goes backward here is worked out elsewhere and cannot be run again: left out");
        if (!places.Any(p => p.IsAsked)) throw new ToolException($"{settings.Path}: no place where something goes backward can be asked "
            + "about: probe a class with --model, or call Probe.Run");
        using var scratch = new ScratchFolder();
        var folder = scratch.Path;
        var name = ordinary.Call is null ? "the program" : $"{start.ContainingType.Name}.{start.Name}";
        var plan = ordinary.PlanOf(project, folder, start);
        Console.WriteLine($"{settings.Path}: runs {name}{string.Concat(plan.Arguments.Select(a => " " + a))} in "
            + $"{(plan.Files is null ? plan.Here : $"a copy of {plan.Here}")} until something goes backward at "
            + string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", places.Where(p => p.IsAsked).Select(Where))}, ")
            + string.Create(CultureInfo.InvariantCulture, $"at most {settings.TimeLimit} s"));
        if (isPlan) return ExitCode.Clean;
        if (!mayRun()) return ExitCode.CannotRun;
        var libTorch = await new RuntimeFiles(folder).CopyAsync(project, null, false, cancellation);
        var assembly = Path.Combine(folder, "program.dll");
        File.WriteAllBytes(assembly, Emitter.Emit(program) is { Bytes: { } bytes } ? bytes
            : throw new ToolException($"{project.FilePath}: the project does not compile"));
        var asked = places.Select((p, i) => (p, i)).Where(p => p.p.IsAsked).Select(p => p.i).ToList();
        var job = new ProgramProbeJob
        {
            Assembly = assembly, Method = ordinary.Call is null ? "" : Emitter.MetadataName(start.ContainingType) + "." + start.Name,
            Arguments = plan.Arguments, Places = asked, Seconds = Math.Min(Usual, settings.TimeLimit / 2) / asked.Count,
            LibTorch = settings.LibTorch ?? libTorch, Only = settings.Only.Length > 0 ? settings.Only : null,
        };
        var answer = Ask<ProgramProbeAnswer>(folder, plan.Files is null ? plan.Here : Path.Combine(folder, plan.Files), "probe-program",
            job, name, settings, cancellation);
        foreach (var place in answer.Places)
        {
            Console.WriteLine();
            Console.WriteLine($"{Where(places[place.Place])}: {place.Error ?? place.Setting}");
            if (place.Error is not null) continue;
            Console.WriteLine($"{Environment.NewLine}{place.Text}");
            if (place is { Model: { } model, Layer: { } layer } && ProgramProbe.LocationOf(compilation, model, layer) is { } declared)
                Console.WriteLine($"{Environment.NewLine}{Analysis.Place(declared)}: here is {layer}");
        }
        if (answer.Places.All(p => p.Error is not null)) throw new ToolException(answer.Places.Count > 0
            ? $"{settings.Path}: nothing could be asked" : answer.Error is { } error ? $"{name} ended with {error}"
            : $"{settings.Path}: {name} ended before anything went backward");
        if (settings.Html is { } html) AtomicFile.Write(html, answer.Html);
        if (settings.Json is { } json) AtomicFile.Write(json, answer.Json);
        return Conclude(answer.Places.Where(p => p.Error is null).All(p => p.Learns));

        static string Where(ProgramProbe.Place place) => Analysis.Place(place.Syntax.GetLocation());
    }

    private static int Conclude(bool learns)
    {
        Console.WriteLine(learns ? "No probe failed." : "It will not learn as it should.");
        return learns ? ExitCode.Clean : ExitCode.Findings;
    }

    private static void Compiles(Compilation compilation, CancellationToken cancellation)
    {
        if (compilation.GetDiagnostics(cancellation).FirstOrDefault(d => d.Severity == DiagnosticSeverity.Error) is { } broken)
            throw new ToolException($"{Entry.Of(broken).Line} (the code must compile before it can be probed)");
    }

    /// <summary>Makes one model and feeds it random numbers.</summary>
    private static async Task<int> AskModelAsync(SourceSet sources, Settings settings, CancellationToken cancellation)
    {
        var (project, compilation, setup) = await FindAsync(sources, settings, cancellation);
        if (project.FilePath is null)
            throw new ToolException($"{settings.Path}: this code has no project, so it cannot be run: give a .csproj");
        Compiles(compilation, cancellation);
        var name = setup.Type.Name;
        var input = settings.Input ?? setup.Input ?? throw new ToolException(
            $"{name}: the code does not say what goes in: give its shape, samples first, such as --input 16,1,28,28");
        var loss = settings.Loss ?? setup.Loss ?? throw new ToolException(
            $"{name}: no loss was found that it meets: name one with --loss ({string.Join(", ", ProbeJob.Losses)})");
        if (!ProbeJob.Losses.Contains(loss)) throw new ToolException(
            $"{setup.LossPlace}: {name} meets {loss}, which cannot be probed without code: name another with --loss, or call Probe.Run");
        var optimizer = settings.Optimizer ?? (setup.Optimizer is { } own && ProbeJob.Optimizers.Contains(own) ? own : "Adam");
        var rate = settings.LearningRate ?? (settings.Optimizer is null && optimizer == setup.Optimizer ? setup.LearningRate : null)
            ?? (optimizer == "SGD" ? 0.01 : 0.001);

        using var scratch = new ScratchFolder();
        var folder = scratch.Path;
        var libTorch = await new RuntimeFiles(folder).CopyAsync(project, null, false, cancellation);
        var assembly = Path.Combine(folder, "model.dll");
        File.WriteAllBytes(assembly, Emitter.Emit(compilation) is { Bytes: { } bytes } ? bytes
            : throw new ToolException($"{project.FilePath}: the project does not compile"));
        var job = new ProbeJob
        {
            Assembly = assembly, Type = Emitter.MetadataName(setup.Type), Input = input, Loss = loss,
            Optimizer = optimizer, LearningRate = rate,
            TargetLow = setup.Targets?.Low, TargetHigh = setup.Targets?.High, Device = settings.Device,
            LibTorch = settings.LibTorch ?? libTorch, Only = settings.Only.Length > 0 ? settings.Only : null,
            Arguments = setup.Arguments.Select(a => KeyValuePair.Create(a.Key, JsonSerializer.SerializeToElement(a.Value)))
                .Concat(settings.With).GroupBy(a => a.Key).ToDictionary(g => g.Key, g => g.Last().Value),
        };
        var answer = Ask<ProbeAnswer>(folder, folder, "probe", job, job.Type, settings, cancellation);
        if (answer.Error is { } error) throw new ToolException(error);
        var place = Analysis.Place(setup.Type.Locations[0]);
        Console.WriteLine($"{place}: {name}{Made(job)}");
        Console.WriteLine($"  input      ({string.Join(", ", answer.Input)}), "
            + (answer.InputIsIds ? "random entries of its embedding" : "random normal numbers")
            + (settings.Input is null ? $"; the code says {setup.InputText}" : ""));
        Console.WriteLine($"  loss       {loss}{(settings.Loss is null ? $" of {setup.LossPlace}" : "")}, against random targets");
        var origin = settings.Optimizer is null && optimizer == setup.Optimizer ? $" of {setup.OptimizerPlace}" : "";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  optimizer  {optimizer} at {rate}{origin}"));
        Console.WriteLine();
        Console.WriteLine(answer.Text);
        if (settings.Html is { } html) AtomicFile.Write(html, answer.Html);
        if (settings.Json is { } json) AtomicFile.Write(json, answer.Json);
        return Conclude(answer.Learns);
    }

    private static string Made(ProbeJob job) =>
        job.Arguments.Count == 0 ? "" : $" made with {string.Join(", ", job.Arguments.Select(a => $"{a.Key} {a.Value.GetRawText()}"))}";

    private static readonly JsonSerializerOptions Options = new()
        { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Asks a process with the project's own dependencies.</summary>
    /// <param name="command">The runner's command.</param>
    /// <param name="who">What is asked about, for messages.</param>
    private static T Ask<T>(string folder, string workFolder, string command, object job, string who, Settings settings,
        CancellationToken cancellation)
    {
        var (question, reply) = (Path.Combine(folder, "probe.json"), Path.Combine(folder, "answer.json"));
        File.WriteAllText(question, JsonSerializer.Serialize(job, Options));
        ChildEnd? end = null;
        AnsiConsole.Status().Start($"Probing {Markup.Escape(who)}", _ => end = Child.Run(folder, workFolder, [command, question, reply],
            settings.TimeLimit, settings.MemoryLimit, Environment.ProcessorCount, cancellation));
        if (end is null) throw new OperationCanceledException(cancellation);
        if (end.Stopped is { } stopped)
            throw new ToolException($"{who}: the probes " + (stopped == JobResult.TimedOut
                ? $"took longer than {settings.TimeLimit} s: allow more with --time-limit, or ask fewer with --only"
                : $"need more than {settings.MemoryLimit} MiB: allow more with --memory-limit, or give a smaller --input"));
        return File.Exists(reply) ? JsonSerializer.Deserialize<T>(File.ReadAllText(reply), Options)!
            : throw new ToolException($"{who}: the process ended with exit code {end.ExitCode}: {end.Said}");
    }

    /// <summary>The class that was named, or the only network that meets a loss.</summary>
    private static async Task<(Project, Compilation, ProbeSetup)> FindAsync(SourceSet sources, Settings settings,
        CancellationToken cancellation)
    {
        var all = new List<(Project Project, ProjectGraph Graph, INamedTypeSymbol Type, bool Trained)>();
        foreach (var project in sources.Programs)
            if (await Analysis.ReadAsync(project, cancellation) is { } graph)
                all.AddRange(graph.Networks.Where(n => n.Type is not null).DistinctBy(n => n.Name + n.Tree?.FilePath)
                    .Select(n => (project, graph, n.Type!, n.Losses.Count > 0)));
        var wanted = settings.Model is { } model ? all.Where(n => n.Type.Name == model || n.Type.ToDisplayString() == model).ToList()
            : all.Where(n => n.Trained).ToList();
        if (wanted is [var one])
            return (one.Project, (await one.Project.GetCompilationAsync(cancellation))!, ProbeSetup.Of(one.Graph, one.Type));
        var names = string.Join(", ", (wanted.Count > 0 ? wanted : all).Select(n => n.Type.ToDisplayString()).Distinct());
        throw new ToolException(all.Count == 0 ? $"{settings.Path}: no network in this code"
            : settings.Model is null ? $"{settings.Path}: {(wanted.Count > 0 ? "several networks meet" : "no network meets")} a loss: "
                + $"name one with --model ({names})"
            : wanted.Count > 0 ? $"{settings.Model} is several classes: name one with its namespace ({names})"
            : $"{settings.Model}: no such network; there are {names}");
    }

    private static List<long?> ParseShape(string text) =>
        text.Split(',', 'x').Select(part => long.TryParse(part.Trim(), CultureInfo.InvariantCulture, out var size) && size > 0 ? (long?)size
        : throw new ToolException($"--input {text}: {(part.Trim().Length == 0 ? "a size is missing" : $"{part.Trim()} is no size")}; "
            + "give sizes above 0, samples first, such as 64,1,28,28")).ToList();

    /// <summary>name=value, where value is JSON or a plain word.</summary>
    private static KeyValuePair<string, JsonElement> ParseArgument(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        if (at < 1) throw new ToolException($"--with {text}: give a name and a value, such as hidden=64");
        var value = text[(at + 1)..];
        try { return new(text[..at], JsonSerializer.Deserialize<JsonElement>(value)); }
        catch (JsonException) { return new(text[..at], JsonSerializer.SerializeToElement(value)); }
    }
}
