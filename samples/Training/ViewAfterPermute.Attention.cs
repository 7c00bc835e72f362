using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ViewAfterPermute.Attention;

/// <summary>Gives for each of eight coins, of three kinds, the mean worth of all coins of its kind.</summary>
internal sealed class CoinAttention : Module<Tensor, Tensor>
{
    private const int Heads = 2, Depth = 12, Width = Heads * Depth;

    private readonly Linear query = Linear(4, Width), key = Linear(4, Width), value = Linear(4, Width);
    private readonly Linear output = Linear(Width, 1);

    public CoinAttention() : base(nameof(CoinAttention)) => RegisterComponents();

    public override Tensor forward(Tensor coins)
    {
        var (n, t) = (coins.shape[0], coins.shape[1]);
        Tensor Split(Linear layer) => layer.forward(coins).view(n, t, Heads, Depth).transpose(1, 2);
        var weights = (Split(query).matmul(Split(key).transpose(2, 3)) / Math.Sqrt(Depth)).softmax(-1);
        var mixed = weights.matmul(Split(value));
        mixed = mixed.transpose(1, 2).view(n, t, Width);
        return output.forward(mixed);
    }
}

internal static class Program
{
    // The means have a variance of about a half.
    [TrainingProgram(LossBelow = 0.05)]
    public static void Train(TrainingRun run)
    {
        using var model = new CoinAttention();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 1e-2);
        for (var step = 1; step <= 400; step++)
        {
            using var scope = NewDisposeScope();
            var kinds = functional.one_hot(randint(0, 3, new long[] { 32, 8 }), 3).to(float32).to(run.Device);
            var worth = randn(32, 8, 1, device: run.Device);
            var same = kinds.matmul(kinds.transpose(1, 2));
            var means = same.matmul(worth) / same.sum(2, keepdim: true);
            var loss = functional.mse_loss(model.forward(cat(new[] { kinds, worth }, 2)), means);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>());
        }
    }
}
