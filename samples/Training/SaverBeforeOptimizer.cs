using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.SaverBeforeOptimizer;

/// <summary>Predicts the demand for power from six readings.</summary>
internal sealed class DemandModel : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> layers = Sequential(
        Linear(6, 64), ReLU(),
        Linear(64, 64), ReLU(),
        Linear(64, 1));

    public DemandModel() : base(nameof(DemandModel)) => RegisterComponents();

    public override Tensor forward(Tensor x) => layers.forward(x);
}

internal static class Program
{
    private const int Sessions = 50, StepsPerSession = 20, Batch = 64;

    /// <summary>Trains on a machine that is taken away every few minutes: each session picks up where the last one stopped.</summary>
    [TrainingProgram(LossBelow = 0.002)]
    public static void Train(TrainingRun run)
    {
        var features = (rand(1024, 6) * 2 - 1).to(run.Device);
        var demand = sin(features.narrow(1, 0, 1) * 3) + features.narrow(1, 1, 1) * features.narrow(1, 2, 1) + features.narrow(1, 3, 1).abs();
        var random = new Random(run.Seed);
        for (var session = 0; session < Sessions; session++) RunSession(run, session, features, demand, random);
    }

    private static void RunSession(TrainingRun run, int session, Tensor features, Tensor demand, Random random)
    {
        var checkpoint = Path.Combine(run.Folder, "demand.dat");
        using var model = new DemandModel();
        Action save = () => model.save(checkpoint);
        if (File.Exists(checkpoint)) model.load(checkpoint);
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 3e-3);

        for (var step = 1; step <= StepsPerSession; step++)
        {
            using var scope = NewDisposeScope();
            var first = random.Next(1024 / Batch) * Batch;
            var loss = functional.mse_loss(model.forward(features.narrow(0, first, Batch)), demand.narrow(0, first, Batch));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) save();
        }

        using var quiet = no_grad();
        var error = functional.mse_loss(model.forward(features), demand);
        run.Log((session + 1) * StepsPerSession, error.item<float>());
    }
}
