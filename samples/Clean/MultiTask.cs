using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.Clean;

/// <summary>
/// Three heads over one trunk: a class, a yes-or-no, and a price that is never negative
/// (softplus). The helper that makes layers is told where to leave its activation out.
/// </summary>
public static class MultiTask
{
    private static Sequential Layer(int from, int to, bool activate = true) =>
        activate ? Sequential(Linear(from, to), ReLU()) : Sequential(Linear(from, to));

    private sealed class Network : Module<Tensor, (Tensor Kind, Tensor Sold, Tensor Price)>
    {
        private readonly Sequential trunk = Sequential(Layer(10, 64), Layer(64, 64));
        private readonly Sequential kind = Layer(64, 5, activate: false), sold = Layer(64, 1, activate: false),
            price = Layer(64, 1, activate: false);

        public Network() : base(nameof(Network)) => RegisterComponents();

        public override (Tensor Kind, Tensor Sold, Tensor Price) forward(Tensor x)
        {
            x = trunk.forward(x);
            return (kind.forward(x), sold.forward(x).squeeze(1), functional.softplus(price.forward(x)).squeeze(1));
        }
    }

    public static void Train(TrainingRun run, int steps)
    {
        var x = randn(64, 10, device: run.Device);
        var (kind, sold, price) = (x.narrow(1, 0, 5).argmax(1), (x[TensorIndex.Colon, 5] > 0).to(ScalarType.Float32),
            x[TensorIndex.Colon, 6].exp());
        using var model = new Network();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), 2e-3);
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var output = model.forward(x);
            var loss = functional.cross_entropy(output.Kind, kind)
                       + functional.binary_cross_entropy_with_logits(output.Sold, sold)
                       + functional.huber_loss(output.Price, price);
            loss.backward();
            optimizer.step();
            run.Log(step, loss.item<float>());
        }
    }
}
