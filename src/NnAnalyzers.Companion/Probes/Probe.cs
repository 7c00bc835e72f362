using TorchSharp;
using static TorchSharp.torch;

namespace NnAnalyzers.Companion;

/// <summary>
/// Asks of a model, a batch and a loss whether training them can work, the way one debugs a network by hand: learn one batch by heart,
/// look at the first loss, blank the input, follow the gradients. The model is given back as it came: weights, buffers, gradients, modes
/// and the CPU's random state.
/// </summary>
public static class Probe
{
    private static readonly IReadOnlyList<(string Name, Func<Subject, IEnumerable<ProbeResult>> Ask)> All =
    [
        ("DataCheck", DataCheck.Ask),
        ("WeightCheck", WeightCheck.Ask),
        ("LossFit", LossFit.Ask),
        ("OptimizerCheck", OptimizerCheck.Ask),
        ("InitialLoss", InitialLoss.Ask),
        ("GradientFlow", GradientFlow.Ask),
        ("BatchIndependence", BatchIndependence.Ask),
        ("NormalizationCheck", InputChecks.Normalization),
        ("PictureCheck", InputChecks.Pictures),
        ("OverfitOneBatch", OverfitOneBatch.Ask),
        ("InputDependence", InputDependence.Ask),
        ("WithoutNormalization", WithoutNormalization.Ask),
        ("LearningRateSweep", Sweeps.LearningRate),
        ("BatchSizeSweep", Sweeps.BatchSize),
        ("SimplerLoss", Sweeps.SimplerLoss),
    ];

    /// <summary>The probes by name, in the order they are run.</summary>
    public static IReadOnlyList<string> Names { get; } = All.Select(p => p.Name).ToList();

    /// <summary>Runs the probes.</summary>
    /// <param name="model">The model, as it is before training.</param>
    /// <param name="input">A batch, first axis the samples.</param>
    /// <param name="target">What the loss compares with.</param>
    /// <param name="loss">Output and target to one number.</param>
    /// <param name="options">How to run; defaults if null.</param>
    /// <exception cref="ProbeInputException">The model cannot be run on the batch; the message says where and why.</exception>
    public static ProbeReport Run(nn.Module<Tensor, Tensor> model, Tensor input, Tensor target, Func<Tensor, Tensor, Tensor> loss,
        ProbeOptions? options = null) =>
        Run(model, model.call, input, target, loss, options);

    /// <summary>Runs the probes with a loss module.</summary>
    /// <inheritdoc cref="Run(nn.Module{Tensor, Tensor}, Tensor, Tensor, Func{Tensor, Tensor, Tensor}, ProbeOptions?)"/>
    public static ProbeReport Run(nn.Module<Tensor, Tensor> model, Tensor input, Tensor target, Loss<Tensor, Tensor, Tensor> loss,
        ProbeOptions? options = null) =>
        Run(model, model.call, input, target, loss.call, options);

    /// <summary>Runs the probes on a model that is called in a way of its own.</summary>
    /// <param name="model">The module that holds the parameters.</param>
    /// <param name="forward">Calls it.</param>
    /// <param name="input">A batch, first axis the samples.</param>
    /// <param name="target">What the loss compares with.</param>
    /// <param name="loss">Output and target to one number.</param>
    /// <param name="options">How to run; defaults if null.</param>
    /// <exception cref="ProbeInputException">The model cannot be run on the batch; the message says where and why.</exception>
    public static ProbeReport Run(nn.Module model, Func<Tensor, Tensor> forward, Tensor input, Tensor target,
        Func<Tensor, Tensor, Tensor> loss, ProbeOptions? options = null)
    {
        options ??= new();
        if (options.Only?.FirstOrDefault(o => !Names.Contains(o)) is { } unknown)
            throw new ProbeInputException($"there is no probe {unknown}; there are {string.Join(", ", Names)}");
        TorchLibrary.Load();
        using var scope = NewDisposeScope();
        using var subject = new Subject(model, forward, input, target, loss, options);
        subject.Prepare();
        var results = new List<ProbeResult>();
        foreach (var (name, ask) in All.Where(p => options.Only?.Contains(p.Name) ?? true))
        {
            using var inner = NewDisposeScope();
            subject.Reset();
            try
            {
                results.AddRange(
                    ask(subject).DefaultIfEmpty(new ProbeResult(name, ProbeVerdict.Skipped, "nothing to measure here", "", "")).ToList());
            }
            catch (ProbeInputException error)
            {
                // It ran on the batch as given; that it does not on this one is an answer.
                results.Add(new(name, ProbeVerdict.Failed, error.Message, "", "The model should take any batch of this kind."));
            }
        }
        return new ProbeReport(model.GetType().Name, results);
    }

    /// <summary>
    /// Trains, saves, loads into a fresh process and trains on in both: the losses must go on as if nothing had happened, so that the
    /// optimizer's state and all else that counts was kept. The other process is this program again, stopped before its Main; where the
    /// functions use objects of this process it is done here with fresh objects, and the answer says so.
    /// </summary>
    /// <typeparam name="T">Your training session: model, optimizer, scheduler.</typeparam>
    /// <param name="create">Makes a fresh session, weights and all.</param>
    /// <param name="step">Trains one step and gives the loss; the same data for the same call of a session.</param>
    /// <param name="save">Saves a session into a folder.</param>
    /// <param name="load">Loads a session from that folder.</param>
    /// <param name="before">Steps before the save.</param>
    /// <param name="after">Steps that are compared.</param>
    public static ProbeReport CheckpointRoundTrip<T>(Func<T> create, Func<T, double> step, Action<T, string> save, Action<T, string> load,
        int before = 20, int after = 10)
    {
        TorchLibrary.Load();
        return new ProbeReport(typeof(T).Name, [CheckpointRoundTripProbe.Ask(create, step, save, load, before, after)]);
    }
}
