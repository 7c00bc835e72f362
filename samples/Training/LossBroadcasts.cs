using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.LossBroadcasts;

/// <summary>Predicts the price of a house from four figures.</summary>
internal sealed class PriceNet : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> hidden = Linear(4, 32);
    private readonly Module<Tensor, Tensor> price = Linear(32, 1);

    public PriceNet() : base(nameof(PriceNet)) => RegisterComponents();

    public override Tensor forward(Tensor x) => price.forward(functional.relu(hidden.forward(x)));
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.02)]
    public static void Train(TrainingRun run)
    {
        var figures = randn(256, 4).to(run.Device);
        var prices = figures.select(1, 0) + 0.5 * figures.select(1, 1) * figures.select(1, 2);

        using var model = new PriceNet();
        model.to(run.Device);
        var loss = MSELoss();
        var optimizer = optim.Adam(model.parameters(), lr: 1e-2);

        for (var step = 1; step <= 400; step++)
        {
            using var scope = NewDisposeScope();
            var error = loss.forward(model.forward(figures), prices);
            optimizer.zero_grad();
            error.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, error.item<float>());
        }
    }
}
