using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace NnAnalyzers.Companion;

/// <summary>
/// One run of an ordinary program that is probed: where something goes backward for the first time, the probes ask of the model, the batch,
/// the loss and the optimizer that are there.
/// </summary>
/// <param name="places">Of these places, from 0.</param>
/// <param name="only">Names of the probes; all if null.</param>
/// <param name="seconds">About how long all may take.</param>
internal sealed class ProbedRun(IReadOnlyCollection<int> places, IReadOnlyCollection<string>? only, double seconds) : IWatcher
{
    /// <summary>Losses that go backward at other places before it is given up to wait for those that are asked about.</summary>
    private const int Patience = 200;

    /// <summary>Trainings of a batch that the probes take, in lengths of <see cref="ProbeOptions.Steps"/>.</summary>
    private const int Trainings = 12;

    private readonly Dictionary<int, optim.Optimizer> _optimizers = [];
    private readonly List<ProbedPlace> _done = [];
    private int _others;

    /// <summary>The code that is run again on this thread.</summary>
    [ThreadStatic] public static Replay? Current;

    public int Seed => 0;
    public ManualResetEventSlim Enough { get; } = new();
    public IReadOnlyList<ProbedPlace> Done => _done;

    public void Loss(Tensor loss, int place, int optimizer, Func<Tensor>? again)
    {
        if (Current is not null) return;
        lock (_done)
        {
            if (again is null || !places.Contains(place) || _done.Any(d => d.Place == place))
            {
                if (++_others < Patience) return;
            }
            else
            {
                _done.Add(Ask(place, new Replay(again), optimizer));
                if (_done.Count < places.Count) return;
            }
            Enough.Set();
        }
        Thread.Sleep(Timeout.Infinite);
    }

    private ProbedPlace Ask(int place, Replay replay, int optimizer)
    {
        using var scope = NewDisposeScope();
        try
        {
            replay.Record();
            var real = _optimizers.TryGetValue(optimizer, out var known) ? known
                : _optimizers.Values.MaxBy(o => o.parameters().Count(p => replay.Model.parameters().Any(q => q.Handle == p.Handle)));
            var elsewhere = _optimizers.Values.Where(o => o != real).SelectMany(o => o.parameters()).Select(p => p.Handle).ToHashSet();
            // What a generator is given is not what the discriminator has to look at.
            var hasInput = replay.HasInput && !replay.Model.parameters().Any(p => elsewhere.Contains(p.Handle));
            var options = new ProbeOptions { Only = only, IsRunning = true, HasSamples = replay.HasSamples, HasInput = hasInput,
                HeldElsewhere = elsewhere };
            if (real is not null) options = options with { Optimizer = p => OptimizerCopy.Of(real, p),
                LearningRate = real.ParamGroups.OfType<ParamGroup>().FirstOrDefault()?.Options.FullRate() ?? options.LearningRate };
            options = options with { Steps = Steps(replay, options.Steps) };
            var report = Probe.Run(replay.Model, replay.Forward, replay.Input, replay.Target, replay.Loss, options);
            return new(place, report with { Setting = Setting(replay, real, options) }, null) { Model = replay.Model.GetType().FullName };
        }
        catch (Exception error)
        {
            return new(place, null, ProbeHost.Told(error));
        }
    }

    /// <summary>As many steps as the time allows, judged by one.</summary>
    private int Steps(Replay replay, int most)
    {
        var watch = new Stopwatch();
        // The first time is for the compiler.
        for (var i = 0; i < 2; i++)
        {
            using var scope = NewDisposeScope();
            watch.Restart();
            var loss = replay.Loss(replay.Forward(replay.Input), replay.Target);
            if (loss.requires_grad) loss.backward();
        }
        replay.Model.zero_grad();
        return (int)Math.Clamp(seconds / Trainings / Math.Max(1e-4, watch.Elapsed.TotalSeconds), 40, most);
    }

    private static string Setting(Replay replay, optim.Optimizer? optimizer, ProbeOptions options)
    {
        var target = replay.IsCompared ? $", target ({string.Join(", ", replay.Target.shape)})" : "";
        var trained = optimizer is null ? "Adam, for the program has made no optimizer yet, at" : $"{optimizer.GetType().Name} at";
        return string.Create(CultureInfo.InvariantCulture, $"Asked with the program's own batch, input ({string.Join(", ",
            replay.Input.shape)}){target}; {trained} {options.LearningRate:g3}; trainings of up to {options.Steps} steps.");
    }

    public Tensor? Side(Tensor side, int place, bool isOutput, bool isOfClasses) => Current?.Compare(side, place, isOutput);
    public void Optimizer(optim.Optimizer optimizer, int place) => _optimizers[place] = optimizer;
    public nn.Module? Model(nn.Module model, string name) => Current?.Meet(model, name);
    public Tensor? Input(Tensor input, int place) => Current?.Put(input, place);
    public Tensor? Applied(Tensor output) => Current?.Give(output);
}

/// <summary>What the probes say where something goes backward.</summary>
/// <param name="Place">The place in the program, from 0.</param>
/// <param name="Report">Null where it could not be asked.</param>
/// <param name="Error">Why it could not.</param>
internal sealed record ProbedPlace(int Place, ProbeReport? Report, string? Error)
{
    /// <summary>The model's class.</summary>
    public string? Model { get; init; }
}
