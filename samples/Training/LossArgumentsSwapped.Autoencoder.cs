using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.LossArgumentsSwapped.Autoencoder;

/// <summary>Squeezes stencils of 8 × 8 points, black or white, into twelve numbers.</summary>
internal static class Program
{
    [TrainingProgram(MetricAbove = 0.95)]
    public static void Train(TrainingRun run)
    {
        var rows = (rand(512, 8, 1) < 0.4).logical_or(rand(512, 1, 8) < 0.3);
        var stencils = rows.to(float32).flatten(1).to(run.Device);

        using var squeeze = Sequential(Linear(64, 48), ReLU(), Linear(48, 12), ReLU(), Linear(12, 48), ReLU(), Linear(48, 64), Sigmoid());
        squeeze.to(run.Device);
        var optimizer = optim.Adam(squeeze.parameters(), lr: 4e-3);
        for (var step = 1; step <= 400; step++)
        {
            using var scope = NewDisposeScope();
            var shown = stencils.index_select(0, randint(0, 512, new long[] { 64 }, device: run.Device));
            var drawn = squeeze.forward(shown);
            var loss = functional.binary_cross_entropy(shown, drawn);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 20 == 0) run.Log(step, loss.item<float>(), drawn.gt(0.5).eq(shown.gt(0.5)).to(float32).mean().item<float>());
        }
    }
}
