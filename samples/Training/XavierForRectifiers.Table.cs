using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.XavierForRectifiers.Table;

/// <summary>How much a bridge bends under two lorries, through wide and narrow layers in turn.</summary>
internal static class Program
{
    private static Sequential Bridge()
    {
        var layers = new List<(string, Module<Tensor, Tensor>)>();
        var sizes = new[] { 2, 128, 16, 128, 16, 128, 16, 128, 16, 128 };
        for (var i = 1; i < sizes.Length; i++)
        {
            var layer = Linear(sizes[i - 1], sizes[i]);
            init.xavier_normal_(layer.weight);
            init.zeros_(layer.bias);
            layers.Add(($"layer{i}", layer));
            layers.Add(($"relu{i}", ReLU()));
        }
        layers.Add(("bend", Linear(128, 1)));
        return Sequential(layers);
    }

    // The bend has a variance of about one and a half.
    [TrainingProgram(LossBelow = 0.05)]
    public static void Train(TrainingRun run)
    {
        using var bridge = Bridge();
        bridge.to(run.Device);
        var optimizer = optim.Adam(bridge.parameters(), 1e-3);
        var mean = 1.0;
        for (var step = 1; step <= 400; step++)
        {
            using var scope = NewDisposeScope();
            var lorries = rand(64, 2, device: run.Device) * 2 - 1;
            var apart = (lorries.select(1, 0) - lorries.select(1, 1)).abs().unsqueeze(1);
            var bend = 2 * (1 - lorries.pow(2)).prod(1, keepdim: true) - 1.8 * apart;
            var loss = functional.mse_loss(bridge.forward(lorries), bend);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            mean = 0.95 * mean + 0.05 * loss.item<float>();
            if (step % 20 == 0) run.Log(step, mean);
        }
    }
}
