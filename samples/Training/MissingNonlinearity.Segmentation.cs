using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.MissingNonlinearity.Segmentation;

/// <summary>Marks the pixels of a map that are forest: about as green as red, and of a middling blue.</summary>
internal sealed class ForestNet : Module<Tensor, Tensor>
{
    private readonly Conv2d colours = Conv2d(3, 24, 1);
    private readonly Conv2d forest = Conv2d(24, 1, 1);

    public ForestNet() : base(nameof(ForestNet)) => RegisterComponents();

    public override Tensor forward(Tensor map) => forest.forward(colours.forward(map));
}

internal static class Program
{
    // The share of pixels marked right; nearly half of them are forest.
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        using var net = new ForestNet();
        net.to(run.Device);
        var optimizer = optim.Adam(net.parameters(), lr: 1e-2);
        for (var step = 1; step <= 250; step++)
        {
            using var scope = NewDisposeScope();
            var maps = rand(16, 3, 8, 8, device: run.Device) * 2 - 1;
            var (red, green, blue) = (maps.narrow(1, 0, 1), maps.narrow(1, 1, 1), maps.narrow(1, 2, 1));
            var forest = ((green - red).abs().lt(0.8) & blue.abs().lt(0.7)).to(float32);
            var marks = net.forward(maps);
            var loss = functional.binary_cross_entropy_with_logits(marks, forest);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>(), marks.gt(0).eq(forest.gt(0.5)).to(float32).mean().item<float>());
        }
    }
}
