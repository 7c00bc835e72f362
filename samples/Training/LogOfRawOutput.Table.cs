using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.LogOfRawOutput.Table;

/// <summary>Which of five faults does a pump have, one, none or several, by what its sensors say?</summary>
internal static class Program
{
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var faults = (rand(800, 5) < 0.4).to(float32);
        var sensors = (faults.matmul(randn(5, 10)) + 0.2 * randn(800, 10)).to(run.Device);
        faults = faults.to(run.Device);

        using var model = Sequential(Linear(10, 32), ReLU(), Linear(32, 5));
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 3e-3);
        for (var step = 1; step <= 300; step++)
        {
            using var scope = NewDisposeScope();
            var picked = randint(0, 800, new long[] { 64 }, device: run.Device);
            var (p, y) = (model.forward(sensors.index_select(0, picked)), faults.index_select(0, picked));
            var loss = -(y * log(p.clamp(1e-6, 1 - 1e-6)) + (1 - y) * log(1 - p.clamp(1e-6, 1 - 1e-6))).mean();
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 20 == 0) run.Log(step, loss.item<float>(), p.gt(0.5).eq(y.gt(0.5)).to(float32).mean().item<float>());
        }
    }
}
