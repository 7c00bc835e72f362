using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.Clean;

/// <summary>
/// Dropout that stays on tells how sure the network is; one method trains and
/// tests by a flag; a Brier score judges probabilities, and trains nothing.
/// </summary>
public static class MonteCarloDropout
{
    private sealed class Network : Module<Tensor, Tensor>
    {
        private readonly Linear hidden = Linear(5, 64), output = Linear(64, 3);

        public Network() : base(nameof(Network)) => RegisterComponents();

        /// <summary>Always drops: each call is one draw of the Monte Carlo estimate.</summary>
        public override Tensor forward(Tensor x) =>
            output.forward(functional.dropout(functional.relu(hidden.forward(x)), 0.3, training: true));

        /// <summary>Mean probabilities of many draws.</summary>
        public Tensor Sure(Tensor x, int draws) => stack(Enumerable.Range(0, draws).Select(_ => forward(x).softmax(1)), dim: 0).mean([0]);
    }

    private static double BrierScore(Tensor probabilities, Tensor kind) =>
        functional.mse_loss(probabilities, functional.one_hot(kind, 3).to(ScalarType.Float32)).item<float>();

    /// <summary>One pass over the data, with or without learning.</summary>
    private static double Pass(Network model, optim.Optimizer optimizer, Tensor x, Tensor kind, bool learn)
    {
        model.train(learn);
        using var gradients = set_grad_enabled(learn);
        var loss = functional.cross_entropy(model.forward(x), kind);
        if (learn)
        {
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
        }
        return loss.item<float>();
    }

    public static void Train(TrainingRun run, int steps)
    {
        var x = randn(96, 5, device: run.Device);
        var kind = x.narrow(1, 0, 3).argmax(1);
        using var model = new Network();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), 2e-3);
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            var loss = Pass(model, optimizer, x.narrow(0, 0, 64), kind.narrow(0, 0, 64), learn: true);
            Pass(model, optimizer, x.narrow(0, 64, 32), kind.narrow(0, 64, 32), learn: false);
            run.Log(step, loss);
        }
        using var guard = no_grad();
        using var sure = model.Sure(x, 8);
        Console.WriteLine($"Brier score {BrierScore(sure, kind):0.###}");
    }
}
