using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.Clean;

/// <summary>
/// An autoencoder whose target is its own input; what it cannot give back is
/// strange. A low-rank pair of layers has nothing between on purpose.
/// </summary>
public static class AnomalyDetector
{
    private sealed class Autoencoder : Module<Tensor, Tensor>
    {
        private readonly Sequential encoder = Sequential(Linear(32, 24), ReLU(), Linear(24, 4));
        private readonly Sequential decoder = Sequential(Linear(4, 24), ReLU(), Linear(24, 32));

        public Autoencoder() : base(nameof(Autoencoder)) => RegisterComponents();

        public override Tensor forward(Tensor x) => decoder.forward(encoder.forward(x));

        /// <summary>How strange each sample is.</summary>
        public Tensor Score(Tensor x)
        {
            using var guard = no_grad();
            return (forward(x) - x).pow(2).mean([1]);
        }
    }

    public static void Train(TrainingRun run, int steps)
    {
        var normal = matmul(randn(128, 3, device: run.Device), randn(3, 32, device: run.Device));
        using var model = new Autoencoder();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), 3e-3);
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = functional.mse_loss(model.forward(normal), normal);
            loss.backward();
            optimizer.step();
            run.Log(step, loss.item<float>());
        }
        model.eval();
        model.Score(randn(4, 32, device: run.Device)).Dispose();
    }
}
