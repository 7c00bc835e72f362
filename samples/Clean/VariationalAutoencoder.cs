using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace NnAnalyzers.Samples.Clean;

/// <summary>
/// Two outputs without activations, pictures between 0 and 1 behind a sigmoid
/// with the loss that belongs to it, sums over the batch divided by its size.
/// </summary>
public static class VariationalAutoencoder
{
    private sealed class Network : Module<Tensor, (Tensor Picture, Tensor Mean, Tensor LogVariance)>
    {
        private readonly Linear encode = Linear(64, 48), mean = Linear(48, 4), logVariance = Linear(48, 4),
            decode = Linear(4, 48), picture = Linear(48, 64);

        public Network() : base(nameof(Network)) => RegisterComponents();

        public override (Tensor Picture, Tensor Mean, Tensor LogVariance) forward(Tensor x)
        {
            var h = F.relu(encode.forward(x.flatten(1)));
            var (mu, log) = (mean.forward(h), logVariance.forward(h));
            var z = mu + randn_like(mu) * (0.5 * log).exp();
            return (picture.forward(F.relu(decode.forward(z))).sigmoid().view(-1, 1, 8, 8), mu, log);
        }
    }

    /// <summary>The evidence lower bound, negated, for one sample.</summary>
    private static Tensor NegativeElbo(Tensor picture, Tensor x, Tensor mean, Tensor logVariance)
    {
        var reconstruction = F.binary_cross_entropy(picture, x, reduction: Reduction.Sum);
        var divergence = -0.5 * (1 + logVariance - mean.pow(2) - logVariance.exp()).sum();
        return (reconstruction + divergence) / x.shape[0];
    }

    public static void Train(TrainingRun run, int steps)
    {
        var pictures = (rand(32, 1, 8, 8, device: run.Device) > 0.6).to(ScalarType.Float32);
        using var model = new Network();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), 2e-3);
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var (picture, mean, logVariance) = model.forward(pictures);
            var loss = NegativeElbo(picture, pictures, mean, logVariance);
            loss.backward();
            optimizer.step();
            run.Log(step, loss.item<float>());
        }
    }
}
