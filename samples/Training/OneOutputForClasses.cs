using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.OneOutputForClasses;

/// <summary>Tells whether two coins show the same side, from four noisy readings.</summary>
internal sealed class CoinNet : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> hidden = Linear(4, 32);
    private readonly Module<Tensor, Tensor> same = Linear(32, 1);

    public CoinNet() : base(nameof(CoinNet)) => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        x = functional.relu(hidden.forward(x));
        return same.forward(x);
    }
}

internal static class Program
{
    [TrainingProgram(MetricAbove = 0.95)]
    public static void Train(TrainingRun run)
    {
        var coins = randint(0, 2, new long[] { 512, 2 });
        var inputs = (coins.repeat(1, 2).to(float32) * 2 - 1 + 0.2 * randn(512, 4)).to(run.Device);
        var labels = coins.select(1, 0).eq(coins.select(1, 1)).to(float32).unsqueeze(1).to(run.Device);

        using var model = new CoinNet();
        model.to(run.Device);
        var loss = CrossEntropyLoss();
        var optimizer = optim.Adam(model.parameters(), lr: 1e-2);

        for (var step = 1; step <= 200; step++)
        {
            using var scope = NewDisposeScope();
            var output = model.forward(inputs);
            var error = loss.forward(output, labels);
            optimizer.zero_grad();
            error.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, error.item<float>(), output.gt(0).eq(labels.gt(0.5)).to(float32).mean().item<float>());
        }
    }
}
