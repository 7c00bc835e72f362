using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ActivationSkipped.Picture;

/// <summary>Tells whether the two marks on a card have the same shape.</summary>
internal sealed class CardNet : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1 = Conv2d(1, 8, 3, padding: 1), conv2 = Conv2d(8, 8, 3, padding: 1);
    private readonly Conv2d conv3 = Conv2d(8, 8, 3, padding: 1);
    private readonly MaxPool2d pool = MaxPool2d(2);
    private readonly Linear same = Linear(8, 2);

    public CardNet() : base(nameof(CardNet)) => RegisterComponents();

    public override Tensor forward(Tensor card)
    {
        var x = functional.relu(conv1.forward(card));
        x = pool.forward(conv2.forward(x));
        x = functional.relu(conv3.forward(x));
        return same.forward(x.mean(new long[] { 2, 3 }));
    }
}

internal static class Program
{
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        // A cross, a box, a corner and a bar.
        var shapes = tensor(new float[]
        {
            0, 1, 0, 1, 1, 1, 0, 1, 0,
            1, 1, 1, 1, 0, 1, 1, 1, 1,
            1, 0, 0, 1, 0, 0, 1, 1, 1,
            0, 0, 0, 1, 1, 1, 0, 0, 0,
        }).view(4, 1, 3, 3).to(run.Device);
        using var net = new CardNet();
        net.to(run.Device);
        var optimizer = optim.Adam(net.parameters(), lr: 1e-2);
        var right = 0f;
        for (var step = 1; step <= 300; step++)
        {
            using var scope = NewDisposeScope();
            var left = randint(0, 4, new long[] { 32 }, device: run.Device);
            var same = randint(0, 2, new long[] { 32 }, device: run.Device);
            var other = (left + (1 - same) * randint(1, 4, new long[] { 32 }, device: run.Device)).remainder(4);
            var both = cat(new[] { shapes.index_select(0, left), shapes.index_select(0, other) }, 3);
            var cards = functional.pad(both, new long[] { 1, 1, 2, 1 });
            var output = net.forward(cards + 0.05 * randn_like(cards));
            var loss = functional.cross_entropy(output, same);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            right += output.argmax(1).eq(same).to(float32).mean().item<float>() / 20;
            if (step % 20 != 0) continue;
            run.Log(step, loss.item<float>(), right);
            right = 0;
        }
    }
}
