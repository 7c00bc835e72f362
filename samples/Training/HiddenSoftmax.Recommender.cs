using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.HiddenSoftmax.Recommender;

/// <summary>Whether a guest will like a dish.</summary>
internal sealed class Waiter : Module<Tensor, Tensor, Tensor>
{
    private readonly Embedding guests = Embedding(50, 8), dishes = Embedding(40, 8);
    private readonly Linear first = Linear(16, 48), second = Linear(48, 48), likes = Linear(48, 1);

    public Waiter() : base(nameof(Waiter)) => RegisterComponents();

    public override Tensor forward(Tensor guest, Tensor dish)
    {
        var x = cat(new[] { guests.forward(guest), dishes.forward(dish) }, 1);
        x = first.forward(x).relu();
        x = second.forward(x).softmax(1);
        return likes.forward(x).squeeze(1);
    }
}

internal static class Program
{
    // The share of dishes guessed right.
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var taste = randn(50, 2, device: run.Device).matmul(randn(2, 40, device: run.Device)).gt(0).to(float32);
        using var waiter = new Waiter();
        waiter.to(run.Device);
        var optimizer = optim.Adam(waiter.parameters(), lr: 5e-3);
        var criterion = BCEWithLogitsLoss();
        var right = 0.0;
        for (var step = 1; step <= 500; step++)
        {
            using var scope = NewDisposeScope();
            var (guest, dish) = (randint(0, 50, 128, device: run.Device), randint(0, 40, 128, device: run.Device));
            var liked = taste[guest, dish];
            var output = waiter.forward(guest, dish);
            var loss = criterion.forward(output, liked);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            right += output.gt(0).eq(liked.gt(0.5)).to(float32).mean().item<float>() / 20;
            if (step % 20 != 0) continue;
            run.Log(step, loss.item<float>(), right);
            right = 0;
        }
    }
}
