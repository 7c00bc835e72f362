using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace NnAnalyzers.Samples.Clean;

/// <summary>Segmentation by a U-Net: maps of both sides are concatenated along the channels they have.</summary>
public static class UNet
{
    private static Sequential Twice(int from, int to) => Sequential(
        Conv2d(from, to, 3, padding: 1L, bias: false), BatchNorm2d(to), ReLU(inplace: true),
        Conv2d(to, to, 3, padding: 1L, bias: false), BatchNorm2d(to), ReLU(inplace: true));

    private sealed class Network : Module<Tensor, Tensor>
    {
        private readonly ModuleList<Sequential> down = new(Twice(1, 8), Twice(8, 16)), up = new(Twice(32, 16), Twice(16, 8));
        private readonly ModuleList<ConvTranspose2d> grow = new(ConvTranspose2d(32, 16, 2, stride: 2L),
            ConvTranspose2d(16, 8, 2, stride: 2L));
        private readonly Sequential bottom = Twice(16, 32);
        private readonly Conv2d lateral = Conv2d(8, 8, 1, bias: false); // a 1×1 lateral before the sum
        private readonly Conv2d mask = Conv2d(8, 1, 1);

        public Network() : base(nameof(Network)) => RegisterComponents();

        public override Tensor forward(Tensor x)
        {
            var skipped = new List<Tensor>();
            foreach (var stage in down)
            {
                x = stage.forward(x);
                skipped.Add(x);
                x = F.max_pool2d(x, 2);
            }
            x = bottom.forward(x);
            for (var i = 0; i < up.Count; i++) x = up[i].forward(cat([grow[i].forward(x), skipped[^(i + 1)]], dim: 1));
            return mask.forward(x + lateral.forward(skipped[0]));
        }
    }

    /// <summary>One minus the overlap of the mask's probabilities with the truth.</summary>
    private static Tensor Dice(Tensor logits, Tensor truth)
    {
        var p = logits.sigmoid();
        return 1 - (2 * (p * truth).sum() + 1) / (p.sum() + truth.sum() + 1);
    }

    public static void Train(TrainingRun run, int steps)
    {
        var pictures = randn(8, 1, 16, 16, device: run.Device);
        var truth = (F.avg_pool2d(pictures, 3, stride: 1, padding: 1) > 0.1).to(ScalarType.Float32);
        using var model = new Network();
        model.to(run.Device);
        var optimizer = optim.AdamW(model.parameters(), 1e-3);
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var logits = model.forward(pictures);
            var loss = F.binary_cross_entropy_with_logits(logits, truth) + Dice(logits, truth);
            loss.backward();
            optimizer.step();
            run.Log(step, loss.item<float>());
        }
    }
}
