using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.GainMismatch.Table;

/// <summary>Says how tall a wave is at a pier, by the wind of three days, through sixteen layers.</summary>
internal static class Program
{
    private static Module<Tensor, Tensor> Pier(int depth)
    {
        var layers = new List<Module<Tensor, Tensor>>();
        for (var i = 0; i < depth; i++)
        {
            var layer = Linear(i == 0 ? 3 : 48, 48);
            init.kaiming_normal_(layer.weight, nonlinearity: init.NonlinearityType.Sigmoid);
            init.zeros_(layer.bias);
            layers.Add(layer);
            layers.Add(ReLU());
        }
        layers.Add(Linear(48, 1));
        return Sequential(layers);
    }

    // The waves have a variance of two thirds.
    [TrainingProgram(LossBelow = 0.1)]
    public static void Train(TrainingRun run)
    {
        using var pier = Pier(depth: 16);
        pier.to(run.Device);
        var optimizer = optim.SGD(pier.parameters(), 5e-3, momentum: 0.9);
        var mean = 1.0;
        for (var step = 1; step <= 240; step++)
        {
            using var scope = NewDisposeScope();
            var wind = randn(64, 3, device: run.Device);
            var wave = (wind.select(1, 0).abs() - 0.8 + wind.select(1, 1) * wind.select(1, 2).sigmoid()).unsqueeze(1);
            var loss = functional.mse_loss(pier.forward(wind), wave);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            mean = 0.95 * mean + 0.05 * loss.item<float>();
            if (step % 20 == 0) run.Log(step, mean);
        }
    }
}
