using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.Clean;

/// <summary>A router's softmax weighs the experts: a softmax in the middle of a network, and meant.</summary>
public static class MixtureOfExperts
{
    private sealed class Expert : Module<Tensor, Tensor>
    {
        private readonly Linear up = Linear(8, 32), down = Linear(32, 8);

        public Expert() : base(nameof(Expert)) => RegisterComponents();

        public override Tensor forward(Tensor x) => down.forward(functional.gelu(up.forward(x)));
    }

    private sealed class Network : Module<Tensor, Tensor>
    {
        private readonly ModuleList<Expert> experts;
        private readonly Linear router, output = Linear(8, 1);

        public Network(int count) : base(nameof(Network))
        {
            experts = new(Enumerable.Range(0, count).Select(_ => new Expert()).ToArray());
            router = Linear(8, count, hasBias: true);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            var weights = functional.softmax(router.forward(x), dim: 1);
            var said = stack(experts.Select(e => e.forward(x)), dim: 1);
            return output.forward(x + (weights.unsqueeze(-1) * said).sum(1));
        }
    }

    public static void Train(TrainingRun run, int steps)
    {
        var x = randn(64, 8, device: run.Device);
        var y = x.abs().sum(1, keepdim: true) - 6;
        using var model = new Network(4);
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), 3e-3);
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = functional.mse_loss(model.forward(x), y);
            loss.backward();
            optimizer.step();
            run.Log(step, loss.item<float>());
        }
    }
}
