using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Microsoft.CodeAnalysis;
using NnAnalyzers.Companion;
using NnAnalyzers.Runner;
using NnAnalyzers.Projects;
using NnAnalyzers.Shapes;
using NnAnalyzers.Tool.Probing;
using NnAnalyzers.Tool.Sources;
using NnAnalyzers.Tool.Verify;
using Spectre.Console;

namespace NnAnalyzers.Tool.Commands;

/// <summary>nn probe: makes one model of a project, feeds it random numbers and asks what keeps it from learning.</summary>
internal static class ProbeCommand
{
    private sealed record Settings(string Path, string? Model, string? Input, string[] With,
        string? Loss, string? Optimizer, double? LearningRate, string Device, string? LibTorch, string[] Only, double TimeLimit,
        long MemoryLimit, string? Html, string? Json);

    public static Command Create()
    {
        var path = new Argument<string>("path")
            { Description = "The project of the model, or a folder or solution with it", DefaultValueFactory = _ => "." };
        var model = new Option<string?>("--model")
            { Description = "The model's class; may be left out where only one network meets a loss" };
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
        var command = new Command("probe", "Makes a model, feeds it random numbers and asks what keeps it from learning. "
            + "Runs your code, in a process of its own. Exit code 0: no probe failed, 1: some did, 2: cannot run.")
        {
            path, model, input, with, loss, optimizer, rate, device, libtorch, only, timeLimit, memoryLimit, html, json,
        };
        command.SetAction((parsed, cancellation) => RunAsync(new(parsed.GetValue(path)!, parsed.GetValue(model), parsed.GetValue(input),
            parsed.GetValue(with)!, parsed.GetValue(loss), parsed.GetValue(optimizer), parsed.GetValue(rate),
            parsed.GetValue(device)!, parsed.GetValue(libtorch) is { } folder ? Path.GetFullPath(folder) : null, parsed.GetValue(only)!,
            parsed.GetValue(timeLimit), parsed.GetValue(memoryLimit), parsed.GetValue(html), parsed.GetValue(json)), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Settings settings, CancellationToken cancellation)
    {
        var given = settings.Input is null ? null : ParseShape(settings.Input);
        var arguments = settings.With.Select(ParseArgument).ToList();
        using var sources = await SourceSet.OpenAsync(settings.Path, "Release", cancellation);
        var (project, compilation, setup) = await FindAsync(sources, settings, cancellation);
        if (project.FilePath is null)
            throw new ToolException($"{settings.Path}: this code has no project, so it cannot be run: give a .csproj");
        if (compilation.GetDiagnostics(cancellation).FirstOrDefault(d => d.Severity == DiagnosticSeverity.Error) is { } broken)
            throw new ToolException($"{CheckCommand.Line(broken)} (the code must compile before it can be probed)");
        var name = setup.Type.Name;
        var input = given ?? setup.Input ?? throw new ToolException(
            $"{name}: the code does not say what goes in: give its shape, samples first, such as --input 16,1,28,28");
        var loss = settings.Loss ?? setup.Loss ?? throw new ToolException(
            $"{name}: no loss was found that it meets: name one with --loss ({string.Join(", ", ProbeJob.Losses)})");
        if (!ProbeJob.Losses.Contains(loss)) throw new ToolException(
            $"{setup.LossPlace}: {name} meets {loss}, which cannot be probed without code: name another with --loss, or call Probe.Run");
        var optimizer = settings.Optimizer ?? (setup.Optimizer is { } own && ProbeJob.Optimizers.Contains(own) ? own : "Adam");
        var rate = settings.LearningRate ?? (settings.Optimizer is null && optimizer == setup.Optimizer ? setup.LearningRate : null)
            ?? (optimizer == "SGD" ? 0.01 : 0.001);

        var folder = Directory.CreateTempSubdirectory("nn-probe-").FullName;
        try
        {
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
                    .Concat(arguments).GroupBy(a => a.Key).ToDictionary(g => g.Key, g => g.Last().Value),
            };
            var answer = Ask(folder, job, settings, cancellation);
            if (answer.Error is { } error) throw new ToolException(error);
            var place = Analysis.Place(setup.Type.Locations[0]);
            Console.WriteLine($"{place}: {name}{Made(job)}");
            Console.WriteLine($"  input      ({string.Join(", ", answer.Input)}), "
                + (answer.InputIsIds ? "random entries of its embedding" : "random normal numbers")
                + (given is null ? $"; the code says {setup.InputText}" : ""));
            Console.WriteLine($"  loss       {loss}{(settings.Loss is null ? $" of {setup.LossPlace}" : "")}, against random targets");
            var origin = settings.Optimizer is null && optimizer == setup.Optimizer ? $" of {setup.OptimizerPlace}" : "";
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  optimizer  {optimizer} at {rate}{origin}"));
            Console.WriteLine();
            Console.WriteLine(answer.Text);
            if (settings.Html is { } html) AtomicFile.Write(html, answer.Html);
            if (settings.Json is { } json) AtomicFile.Write(json, answer.Json);
            Console.WriteLine(answer.Learns ? "No probe failed." : "It will not learn as it should.");
            return answer.Learns ? ExitCode.Clean : ExitCode.Findings;
        }
        finally
        {
            try { Directory.Delete(folder, recursive: true); } catch (IOException) { /* a killed child may still hold a file */ }
        }
    }

    private static string Made(ProbeJob job) =>
        job.Arguments.Count == 0 ? "" : $" made with {string.Join(", ", job.Arguments.Select(a => $"{a.Key} {a.Value.GetRawText()}"))}";

    private static ProbeAnswer Ask(string folder, ProbeJob job, Settings settings, CancellationToken cancellation)
    {
        var (question, reply) = (Path.Combine(folder, "probe.json"), Path.Combine(folder, "answer.json"));
        var options = new JsonSerializerOptions
            { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };
        File.WriteAllText(question, JsonSerializer.Serialize(job, options));
        ChildEnd? end = null;
        AnsiConsole.Status().Start($"Probing {job.Type}", _ => end = Child.Run(folder, folder, ["probe", question, reply],
            settings.TimeLimit, settings.MemoryLimit, Environment.ProcessorCount, cancellation));
        if (end is null) throw new OperationCanceledException(cancellation);
        if (end.Stopped is { } stopped)
            throw new ToolException($"{job.Type}: the probes " + (stopped == JobResult.TimedOut
                ? $"took longer than {settings.TimeLimit} s: allow more with --time-limit, or ask fewer with --only"
                : $"need more than {settings.MemoryLimit} MiB: allow more with --memory-limit, or give a smaller --input"));
        return File.Exists(reply) ? JsonSerializer.Deserialize<ProbeAnswer>(File.ReadAllText(reply))!
            : throw new ToolException($"{job.Type}: the process ended with exit code {end.ExitCode}: {end.Said}");
    }

    /// <summary>The class that was named, or the only network that meets a loss.</summary>
    private static async Task<(Project, Compilation, ProbeSetup)> FindAsync(SourceSet sources, Settings settings,
        CancellationToken cancellation)
    {
        var all = new List<(Project Project, ProjectGraph Graph, INamedTypeSymbol Type, bool Trained)>();
        foreach (var project in sources.Projects)
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
