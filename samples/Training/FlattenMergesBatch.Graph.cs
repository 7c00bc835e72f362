using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.FlattenMergesBatch.Graph;

/// <summary>Passes the load of eight stations along the lines between them and says how much arrives in all.</summary>
internal sealed class GridNet : Module<Tensor, Tensor, Tensor>
{
    private const int Stations = 8, Features = 16;

    private readonly Linear own = Linear(1, Features), received = Linear(1, Features);
    private readonly Linear hidden = Linear(Stations * Features, 64), total = Linear(64, 1);

    public GridNet() : base(nameof(GridNet)) => RegisterComponents();

    public override Tensor forward(Tensor lines, Tensor load)
    {
        var stations = functional.relu(own.forward(load) + received.forward(lines.matmul(load)));
        var all = functional.relu(hidden.forward(stations.flatten()));
        return total.forward(all);
    }
}

internal static class Program
{
    private const int Grids = 512;

    // What arrives is scaled to a variance of one.
    [TrainingProgram(LossBelow = 0.1)]
    public static void Train(TrainingRun run)
    {
        var lines = (rand(Grids, 8, 8) < 0.3).to(float32) / 2;
        var load = randn(Grids, 8, 1);
        // A station keeps what would be less than nothing.
        var arrived = lines.matmul(load).relu().sum(1);
        arrived = ((arrived - arrived.mean()) / arrived.std()).to(run.Device);
        (lines, load) = (lines.to(run.Device), load.to(run.Device));

        using var model = new GridNet();
        model.to(run.Device);
        var optimizer = optim.AdamW(model.parameters(), lr: 3e-3);
        for (var step = 1; step <= 400; step++)
        {
            using var scope = NewDisposeScope();
            var at = step % 8 * 64;
            var guess = model.forward(lines.narrow(0, at, 64), load.narrow(0, at, 64));
            var loss = functional.mse_loss(guess, arrived.narrow(0, at, 64));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>());
        }
    }
}
