using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.XavierForRectifiers.Picture;

/// <summary>Grades the gloss of a tile, with convolutions that widen and narrow in turn.</summary>
internal sealed class GlossNet : Module<Tensor, Tensor>
{
    private readonly Conv2d open1 = Conv2d(1, 48, 3, padding: 1), close1 = Conv2d(48, 8, 1);
    private readonly Conv2d open2 = Conv2d(8, 48, 3, padding: 1), close2 = Conv2d(48, 8, 1);
    private readonly Linear gloss = Linear(8 * 2 * 2, 1);

    public GlossNet() : base(nameof(GlossNet))
    {
        RegisterComponents();
        apply(module =>
        {
            if (module is not Conv2d conv) return;
            init.xavier_normal_(conv.weight);
            init.zeros_(conv.bias);
        });
    }

    public override Tensor forward(Tensor x)
    {
        x = close1.forward(open1.forward(x).relu()).relu();
        x = functional.max_pool2d(x, 2);
        x = close2.forward(open2.forward(x).relu()).relu();
        return gloss.forward(functional.max_pool2d(x, 2).flatten(1));
    }
}

internal static class Program
{
    // The gloss has a variance of one third.
    [TrainingProgram(LossBelow = 0.04)]
    public static void Train(TrainingRun run)
    {
        using var net = new GlossNet();
        net.to(run.Device);
        var optimizer = optim.SGD(net.parameters(), 0.02, momentum: 0.9);
        var mean = 0.3;
        for (var step = 1; step <= 250; step++)
        {
            using var scope = NewDisposeScope();
            var gloss = rand(16, 1, device: run.Device) * 2 - 1;
            // The glossier, the brighter the few points that shine.
            var shine = rand(16, 1, 8, 8, device: run.Device).lt(0.2).to(float32) * (1.5 + gloss).view(-1, 1, 1, 1);
            var loss = functional.mse_loss(net.forward(shine + 0.1 * randn_like(shine)), gloss);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            mean = 0.95 * mean + 0.05 * loss.item<float>();
            if (step % 10 == 0) run.Log(step, mean);
        }
    }
}
