using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace NnAnalyzers.Companion;

/// <summary>
/// Makes a model of a class that is known by name only, feeds it random numbers, and runs the probes. For <c>nn probe</c>.
/// </summary>
public static class ProbeHost
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNameCaseInsensitive = true, Converters = { new JsonStringEnumConverter() },
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Sizes that are tried for axes nobody gave a size: usual ones, then all.</summary>
    private static readonly IReadOnlyList<long> Trials = new long[] { 32, 28, 64, 16, 224 }
        .Concat(Enumerable.Range(1, 256).Select(i => (long)i)).Distinct().ToList();

    /// <summary>Runs one job, written as JSON; the answer is JSON too, also where it is an error.</summary>
    public static string Run(string job) => Answered<ProbeJob, ProbeAnswer>(job, Ask, error => new() { Error = error });

    /// <summary>Runs a program, rewritten to be watched, and asks where something goes backward.</summary>
    /// <param name="job">A <see cref="ProgramProbeJob"/> as JSON.</param>
    /// <returns>A <see cref="ProgramProbeAnswer"/> as JSON, also where it is an error.</returns>
    public static string RunProgram(string job) =>
        Answered<ProgramProbeJob, ProgramProbeAnswer>(job, Ask, error => new() { Error = error });

    private static string Answered<TJob, TAnswer>(string job, Func<TJob, TAnswer> ask, Func<string, TAnswer> failed)
    {
        TAnswer answer;
        try { answer = ask(JsonSerializer.Deserialize<TJob>(job, Json)!); }
        catch (Exception error) { answer = failed(Told(error)); }
        return JsonSerializer.Serialize(answer, Json);
    }

    /// <summary>What went wrong, in one line: our own words as they are, others with the user's line.</summary>
    internal static string Told(Exception error) =>
        JobHost.Cause(error) is var cause && cause is ProbeInputException or TorchLibraryException
            ? cause.Message : JobHost.FirstLine(cause) + Subject.Where(cause);

    private static ProgramProbeAnswer Ask(ProgramProbeJob job)
    {
        TorchLibrary.Load(job.LibTorch);
        var run = new ProbedRun(job.Places, job.Only, job.Seconds);
        var failure = WatchedProgram.Run(WatchedProgram.Load(job.Assembly), job.Method, job.Arguments, run);
        var reports = run.Done.Select(d => d.Report).OfType<ProbeReport>().ToList();
        return new()
        {
            Error = failure is null ? null : JobHost.FirstLine(failure) + Subject.Where(failure),
            Places = run.Done.Select(d => new PlaceAnswer(d.Place, d.Error, d.Report?.Setting ?? "", d.Report?.Learns ?? false,
                d.Report?.ToText() ?? "", d.Model, d.Report?.Cause?.Place)).ToList(),
            Html = ProbeRendering.Html(reports), Json = ProbeRendering.Json(reports),
        };
    }

    private static ProbeAnswer Ask(ProbeJob job)
    {
        TorchLibrary.Load(job.LibTorch);
        var device = TorchLibrary.Device(job.Device);
        random.manual_seed(job.Seed);
        var type = Assembly.LoadFrom(Path.GetFullPath(job.Assembly)).GetType(job.Type, throwOnError: true)!;
        using var scope = NewDisposeScope();
        using var model = Construct(type, job.Arguments);
        model.to(device);
        var forward = Forward(type, model);
        var (input, output) = Feed(job, model, forward, device);
        var (target, loss) = Compare(job, output);
        var report = Probe.Run(model, forward, input, target, loss, new ProbeOptions
        {
            LearningRate = job.LearningRate, Seed = job.Seed, Optimizer = parameters => Optimizer(job, parameters),
            // The numbers are ours: whether they are scaled well says nothing about the user's.
            Only = job.Only ?? Probe.Names.Except(["DataCheck", "NormalizationCheck", "PictureCheck"]).ToList(),
        }) with
        {
            Setting = string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"Asked with {(input.is_floating_point() ? "random normal numbers" : "random entries of its embedding")} of shape "
                    + $"({string.Join(", ", input.shape)}), {job.Loss} against random targets, {job.Optimizer} at {job.LearningRate}."),
        };
        return new() { Input = input.shape, InputIsIds = !input.is_floating_point(), Learns = report.Learns, Text = report.ToText(),
            Html = report.ToHtml(), Json = report.ToJson() };
    }

    /// <summary>The constructor that takes most of what is given and needs nothing else.</summary>
    private static nn.Module Construct(Type type, IReadOnlyDictionary<string, JsonElement> given)
    {
        var constructors = type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        bool Has(ParameterInfo parameter) => parameter.HasDefaultValue || given.ContainsKey(parameter.Name!);
        if (constructors.Where(c => c.GetParameters().All(Has))
            .MaxBy(c => c.GetParameters().Count(p => given.ContainsKey(p.Name!))) is not { } best)
        {
            var missing = constructors.Select(c => c.GetParameters().Where(p => !Has(p)).ToList()).MinBy(m => m.Count) ?? [];
            throw new ProbeInputException(
                $"{type.Name} cannot be made without {string.Join(", ", missing.Select(p => $"{p.Name} ({p.ParameterType.Name})"))}: "
                    + $"give {string.Join(" ", missing.Select(p => $"--with {p.Name}=.."))}");
        }
        if (given.Keys.FirstOrDefault(k => best.GetParameters().All(p => p.Name != k)) is { } unknown)
            throw new ProbeInputException($"{type.Name} has no constructor that takes {unknown} with the other arguments given");
        var arguments = best.GetParameters().Select(p =>
        {
            if (!given.TryGetValue(p.Name!, out var value)) return p.DefaultValue;
            try { return value.Deserialize(p.ParameterType, Json); }
            catch (Exception error) when (error is JsonException or NotSupportedException)
            {
                throw new ProbeInputException($"{value} is no {p.ParameterType.Name} for {p.Name} of {type.Name}");
            }
        }).ToArray();
        return (nn.Module)best.Invoke(arguments);
    }

    /// <summary>
    /// How the model is called: as a module from tensor to tensor, or by its own forward with one tensor and defaults for the rest.
    /// </summary>
    private static Func<Tensor, Tensor> Forward(Type type, nn.Module model)
    {
        if (model is nn.Module<Tensor, Tensor> module) return module.call;
        var method = type.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .FirstOrDefault(m => m.Name is "forward" or "Forward" or "call" && m.ReturnType == typeof(Tensor)
            && m.GetParameters() is [{ } first, .. var rest] && first.ParameterType == typeof(Tensor) && rest.All(p => p.HasDefaultValue))
            ?? throw new ProbeInputException(
                $"{type.Name} has no forward from one tensor to one tensor: call Probe.Run from code and say how it is called");
        return input =>
        {
            try
            {
                return (Tensor)method.Invoke(model, method.GetParameters().Skip(1).Select(p => p.DefaultValue).Prepend(input).ToArray())!;
            }
            catch (TargetInvocationException error) { throw error.InnerException!; }
        };
    }

    /// <summary>
    /// Random numbers of the asked shape, or entries of an embedding; where sizes are missing, of the first that the model takes.
    /// </summary>
    private static (Tensor Input, Tensor Output) Feed(ProbeJob job, nn.Module model, Func<Tensor, Tensor> forward, Device device)
    {
        Exception? first = null;
        var entries = model.modules().OfType<Embedding>().Select(e => (long?)e.weight!.shape[0]).Min();
        foreach (var (size, ids) in (job.Input.Contains(null) ? Trials : [0])
            .SelectMany(size => entries is null ? new (long, long?)[] { (size, null) } : [(size, entries), (size, null)]))
        {
            var shape = job.Input.Select(d => d ?? size).ToArray();
            var input = ids is { } below ? randint(below, shape, int64, device) : randn(shape, float32, device);
            try
            {
                using var guard = no_grad();
                return (input, forward(input));
            }
            catch (Exception error)
            {
                first ??= error;
                input.Dispose();
            }
        }
        var asked = string.Join(", ", job.Input.Select(d => d?.ToString() ?? "?"));
        var tried = job.Input.Contains(null) ? $" with {Trials.Min()} to {Trials.Max()} for what is not known" : "";
        throw new ProbeInputException($"{model.GetType().Name} takes no input of shape ({asked}){tried}: "
            + $"{first!.Message.Split('\n')[0].Trim()}{Subject.Where(first)}; give another with --input", first);
    }

    private static (Tensor Target, Func<Tensor, Tensor, Tensor> Loss) Compare(ProbeJob job, Tensor output)
    {
        Tensor Values() => job is { TargetLow: { } low, TargetHigh: { } high } && double.IsFinite(low) && double.IsFinite(high)
            ? rand_like(output) * (high - low) + low : job.TargetLow is 0 ? rand_like(output) : randn_like(output);
        Tensor Classes() => output.dim() < 2
            ? throw new ProbeInputException($"{job.Loss} needs one value a class, the output has shape ({string.Join(", ", output.shape)})")
            : randint(output.shape[1], output.shape.Where((_, i) => i != 1).ToArray(), int64, output.device);
        Tensor Bits() => (rand_like(output) > 0.5).to(output.dtype);
        return job.Loss switch
        {
            "CrossEntropyLoss" => (Classes(), (o, t) => nn.functional.cross_entropy(o, t)),
            "NLLLoss" => (Classes(), (o, t) => nn.functional.nll_loss(o, t)),
            "BCEWithLogitsLoss" => (Bits(), (o, t) => nn.functional.binary_cross_entropy_with_logits(o, t)),
            "BCELoss" => (Bits(), (o, t) => nn.functional.binary_cross_entropy(o, t)),
            "MSELoss" => (Values(), (o, t) => nn.functional.mse_loss(o, t)),
            "L1Loss" => (Values(), (o, t) => nn.functional.l1_loss(o, t)),
            "SmoothL1Loss" => (Values(), (o, t) => nn.functional.smooth_l1_loss(o, t)),
            "HuberLoss" => (Values(), (o, t) => nn.functional.huber_loss(o, t)),
            _ => throw new ProbeInputException(
                $"the loss {job.Loss} cannot be probed without code; --loss takes {string.Join(", ", ProbeJob.Losses)}"),
        };
    }

    private static optim.Optimizer Optimizer(ProbeJob job, IEnumerable<Parameter> parameters) => job.Optimizer switch
    {
        "SGD" => optim.SGD(parameters, job.LearningRate),
        "AdamW" => optim.AdamW(parameters, job.LearningRate),
        "RMSProp" => optim.RMSProp(parameters, job.LearningRate),
        _ => optim.Adam(parameters, job.LearningRate),
    };
}
