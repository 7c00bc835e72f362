using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.RedundantBias.Table;

/// <summary>How far a stone flies, by its push, its angle and the wind.</summary>
internal static class Program
{
    // The way has a variance of about one and a half.
    [TrainingProgram(LossBelow = 0.1)]
    public static void Train(TrainingRun run)
    {
        using var model = Sequential(
            Linear(3, 48),
            BatchNorm1d(48),
            ReLU(),
            Linear(48, 1));
        model.to(run.Device);
        var optimizer = optim.AdamW(model.parameters(), lr: 1e-2);
        var criterion = MSELoss();
        var mean = 1.0;
        for (var step = 1; step <= 300; step++)
        {
            using var scope = NewDisposeScope();
            var stones = randn(64, 3, device: run.Device);
            var (push, angle, wind) = (stones.narrow(1, 0, 1), stones.narrow(1, 1, 1), stones.narrow(1, 2, 1));
            var way = push + (1.5 * angle).cos() - 0.4 * wind;
            var loss = criterion.forward(model.forward(stones), way);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            mean = 0.95 * mean + 0.05 * loss.item<float>();
            if (step % 10 == 0) run.Log(step, mean);
        }
    }
}
