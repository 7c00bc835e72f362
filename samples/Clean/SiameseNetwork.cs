using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.Clean;

/// <summary>Two pictures through one encoder, and two contrastive losses: one of pairs and one over the batch.</summary>
public static class SiameseNetwork
{
    private sealed class Encoder : Module<Tensor, Tensor>
    {
        private readonly Sequential features = Sequential(Conv2d(1, 8, 3), ReLU(), MaxPool2d(2), Conv2d(8, 16, 3),
            ReLU(), AdaptiveAvgPool2d([2, 2]));
        private readonly Linear code = Linear(64, 16);

        public Encoder() : base(nameof(Encoder)) => RegisterComponents();

        public override Tensor forward(Tensor x) => functional.normalize(code.forward(features.forward(x).flatten(1)), dim: 1);
    }

    private static Tensor Contrast(Tensor a, Tensor b, Tensor same)
    {
        var distance = (a - b).pow(2).sum(1);
        return (same * distance + (1 - same) * (1 - (distance + 1e-9).sqrt()).clamp(min: 0).pow(2)).mean();
    }

    /// <summary>Each code must be nearest to its own partner; row i's class is i, so the batch is the classes.</summary>
    private static Tensor InfoNce(Tensor a, Tensor b) =>
        functional.cross_entropy(matmul(a, b.t()) / 0.1, arange(a.shape[0], dtype: ScalarType.Int64, device: a.device));

    public static void Train(TrainingRun run, int steps)
    {
        var first = randn(16, 1, 12, 12, device: run.Device);
        var second = first + 0.1 * randn_like(first);
        using var encoder = new Encoder();
        encoder.to(run.Device);
        var optimizer = optim.Adam(encoder.parameters(), 1e-3);
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var (a, b) = (encoder.forward(first), encoder.forward(second));
            var loss = Contrast(a, b, ones(16, device: run.Device)) + InfoNce(a, b);
            loss.backward();
            optimizer.step();
            run.Log(step, loss.item<float>());
        }
    }
}
