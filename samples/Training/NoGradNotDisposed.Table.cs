using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.NoGradNotDisposed.Table;

/// <summary>Estimates how long a delivery takes from distance, load, hour and weather; looks at the first guess before it trains.</summary>
internal sealed class Deliveries
{
    private readonly Sequential estimate = Sequential(Linear(4, 32), ReLU(), Linear(32, 32), ReLU(), Linear(32, 1));
    private readonly Tensor features, minutes;

    public Deliveries(int seed)
    {
        random.manual_seed(seed);
        features = rand(400, 4) * 2 - 1;
        minutes = features.narrow(1, 0, 1) * (1 + features.narrow(1, 3, 1).pow(2)) + features.narrow(1, 1, 1).mul(3).sin() * 0.5f;
    }

    /// <summary>The share of the variance that is explained.</summary>
    public float Explained()
    {
        set_grad_enabled(false);
        var rest = (estimate.forward(features) - minutes).pow(2).mean();
        return 1 - (rest / minutes.var()).item<float>();
    }

    public void Learn(TrainingRun run, int steps)
    {
        var optimizer = optim.Adam(estimate.parameters(), lr: 3e-3);
        Console.WriteLine($"before: {Explained():P0} explained");
        for (var step = 1; step <= steps; step++)
        {
            optimizer.zero_grad();
            using var loss = functional.mse_loss(estimate.forward(features), minutes);
            loss.backward();
            optimizer.step();
            if (step % 20 == 0) run.Log(step, loss.item<float>(), Explained());
        }
    }
}

internal static class Program
{
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run) => new Deliveries(run.Seed).Learn(run, 600);
}
