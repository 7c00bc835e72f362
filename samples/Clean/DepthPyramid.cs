using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.Clean;

/// <summary>
/// Depth from a picture, coarse to fine: four outputs, each with one plain term of the loss. The sum has many terms, and none of them
/// pulls against another.
/// </summary>
public static class DepthPyramid
{
    private sealed class Network : Module<Tensor, (Tensor Whole, Tensor Half, Tensor Quarter, Tensor Eighth)>
    {
        private readonly Sequential down1 = Down(1, 8), down2 = Down(8, 16), down3 = Down(16, 16);
        private readonly Conv2d eighth = Conv2d(16, 1, 1), quarter = Conv2d(16, 1, 1), half = Conv2d(8, 1, 1), whole = Conv2d(1, 1, 1);
        private readonly Upsample up = Upsample(scale_factor: [2, 2]);

        public Network() : base(nameof(Network)) => RegisterComponents();

        private static Sequential Down(int from, int to) => Sequential(Conv2d(from, to, 3, stride: 2, padding: 1L), ReLU());

        public override (Tensor Whole, Tensor Half, Tensor Quarter, Tensor Eighth) forward(Tensor picture)
        {
            var a = down1.forward(picture);
            var b = down2.forward(a);
            var c = down3.forward(b);
            var depth8 = eighth.forward(c);
            var depth4 = quarter.forward(b) + up.forward(depth8);
            var depth2 = half.forward(a) + up.forward(depth4);
            return (whole.forward(picture) + up.forward(depth2), depth2, depth4, depth8);
        }
    }

    public static void Train(TrainingRun run, int steps)
    {
        var pictures = rand(16, 1, 16, 16, device: run.Device);
        var depth = functional.avg_pool2d(pictures, 5, stride: 1, padding: 2) * 2 + 1;
        using var model = new Network();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), 2e-3);
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var (whole, half, quarter, eighth) = model.forward(pictures);
            var loss = functional.l1_loss(whole, depth)
                + 0.5 * functional.l1_loss(half, functional.avg_pool2d(depth, 2))
                + 0.25 * functional.l1_loss(quarter, functional.avg_pool2d(depth, 4))
                + 0.125 * functional.l1_loss(eighth, functional.avg_pool2d(depth, 8));
            loss.backward();
            optimizer.step();
            run.Log(step, loss.item<float>());
        }
    }
}
