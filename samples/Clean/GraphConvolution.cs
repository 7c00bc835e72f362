using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.Clean;

/// <summary>
/// A graph convolution: neighbours are summed by a matrix, weights are parameters of the module's own, scaled to their fan-in.
/// </summary>
public static class GraphConvolution
{
    private sealed class Convolution : Module<Tensor, Tensor, Tensor>
    {
        private readonly Parameter weight, bias;

        public Convolution(int from, int to) : base(nameof(Convolution))
        {
            weight = Parameter(randn(from, to) * Math.Sqrt(2.0 / from));
            bias = Parameter(zeros(to));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x, Tensor neighbours) => matmul(neighbours, matmul(x, weight)) + bias;
    }

    private sealed class Network : Module<Tensor, Tensor, Tensor>
    {
        private readonly Convolution first = new(8, 32), second = new(32, 3);

        public Network() : base(nameof(Network)) => RegisterComponents();

        public override Tensor forward(Tensor x, Tensor neighbours) =>
            second.forward(functional.dropout(functional.relu(first.forward(x, neighbours)), 0.2, training), neighbours);
    }

    public static void Train(TrainingRun run, int steps)
    {
        var links = (rand(30, 30, device: run.Device) < 0.1).to(ScalarType.Float32);
        links = ((links + links.t()) > 0).to(ScalarType.Float32) + eye(30, device: run.Device);
        var neighbours = links / links.sum(1, keepdim: true);
        var x = randn(30, 8, device: run.Device);
        var kind = matmul(neighbours, x).narrow(1, 0, 3).argmax(1);
        using var model = new Network();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), 5e-3);
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = functional.cross_entropy(model.forward(x, neighbours), kind);
            loss.backward();
            optimizer.step();
            run.Log(step, loss.item<float>());
        }
    }
}
