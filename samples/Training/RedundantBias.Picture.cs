using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.RedundantBias.Picture;

/// <summary>Tells soft dots from hard ones, at any light.</summary>
internal sealed class DotNet : Module<Tensor, Tensor>
{
    private readonly Conv2d dots;
    private readonly BatchNorm2d norm = BatchNorm2d(12);
    private readonly MaxPool2d pool = MaxPool2d(2);
    private readonly Linear hard = Linear(12 * 5 * 5, 1);

    public DotNet() : base(nameof(DotNet))
    {
        dots = Conv2d(1, 12, 3, padding: 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => hard.forward(pool.forward(norm.forward(dots.forward(x)).relu()).flatten(1)).squeeze(1);
}

internal static class Program
{
    private const int Size = 10;

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        using var net = new DotNet();
        net.to(run.Device);
        var optimizer = optim.Adam(net.parameters(), lr: 3e-3);
        var at = arange(Size, dtype: float32, device: run.Device);
        var right = 0f;
        for (var step = 1; step <= 100; step++)
        {
            using var scope = NewDisposeScope();
            var hard = randint(0, 2, new long[] { 32 }, device: run.Device).to(float32);
            var y = at.view(1, Size, 1) - 4.5 + randn(32, 1, 1, device: run.Device);
            var x = at.view(1, 1, Size) - 4.5 + randn(32, 1, 1, device: run.Device);
            var far = (y.pow(2) + x.pow(2)).sqrt();
            var dots = where(hard.view(32, 1, 1).gt(0.5), far.lt(2.5).to(float32), (-far.pow(2) / 7).exp());
            var cards = (dots + rand(32, 1, 1, device: run.Device)).unsqueeze(1);
            var output = net.forward(cards + 0.1 * randn_like(cards));
            var loss = functional.binary_cross_entropy_with_logits(output, hard);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            right += output.gt(0).eq(hard.gt(0.5)).to(float32).mean().item<float>() / 10;
            if (step % 10 != 0) continue;
            run.Log(step, loss.item<float>(), right);
            right = 0;
        }
    }
}
