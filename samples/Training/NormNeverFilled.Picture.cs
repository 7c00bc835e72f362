using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.NormNeverFilled.Picture;

/// <summary>Tells whether a leaf has parallel veins, a net of them or none.</summary>
internal sealed class LeafNet : Module<Tensor, Tensor>
{
    private readonly Conv2d look = Conv2d(1, 16, 3, padding: 1);
    private readonly GroupNorm norm;
    private readonly Linear veins = Linear(16 * 2 * 2, 3);

    public LeafNet() : base(nameof(LeafNet))
    {
        norm = GroupNorm(4, 16);
        RegisterComponents();
    }

    public override Tensor forward(Tensor leaf)
    {
        var x = functional.relu(norm.forward(look.forward(leaf)));
        return veins.forward(functional.adaptive_avg_pool2d(x, 2).flatten(1));
    }
}

internal static class Program
{
    private const int Size = 10;

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        using var net = new LeafNet();
        net.to(run.Device);
        var optimizer = optim.Adam(net.parameters(), lr: 5e-3);
        var right = 0f;
        for (var step = 1; step <= 200; step++)
        {
            using var scope = NewDisposeScope();
            var kinds = randint(0, 3, new long[] { 32 }, device: run.Device);
            var kind = kinds.view(-1, 1, 1, 1);
            var along = rand(32, 1, Size, 1, device: run.Device).lt(0.4).to(float32) * kind.ge(1).to(float32);
            var across = rand(32, 1, 1, Size, device: run.Device).lt(0.4).to(float32) * kind.eq(2).to(float32);
            var leaves = maximum(along, across) + 0.3 * randn(32, 1, Size, Size, device: run.Device);
            var scores = net.forward(leaves);
            var loss = functional.cross_entropy(scores, kinds);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            right += scores.argmax(1).eq(kinds).to(float32).mean().item<float>() / 10;
            if (step % 10 != 0) continue;
            run.Log(step, loss.item<float>(), right);
            right = 0;
        }
    }
}
