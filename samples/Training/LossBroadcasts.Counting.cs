using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.LossBroadcasts.Counting;

/// <summary>Counts the cells under a microscope: small bright crosses.</summary>
internal sealed class CellCounter : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> find = Conv2d(1, 12, 3, padding: 1);
    private readonly Module<Tensor, Tensor> sort = Conv2d(12, 12, 3, padding: 1);
    private readonly Module<Tensor, Tensor> pool = AdaptiveAvgPool2d(2);
    private readonly Module<Tensor, Tensor> count = Linear(48, 1);

    public CellCounter() : base(nameof(CellCounter)) => RegisterComponents();

    public override Tensor forward(Tensor slide)
    {
        var x = functional.leaky_relu(find.forward(slide), 0.1);
        x = functional.leaky_relu(sort.forward(x), 0.1);
        return count.forward(pool.forward(x).flatten(1));
    }
}

internal static class Program
{
    private const int Slides = 256, Size = 12;

    // The counts have a variance of one; the mean absolute deviation from their mean is about 0.8.
    [TrainingProgram(LossBelow = 0.2)]
    public static void Train(TrainingRun run)
    {
        var cells = (rand(Slides, 1, Size - 2, Size - 2) < 0.06).to(float32);
        var cross = tensor(new float[] { 0, 1, 0, 1, 2, 1, 0, 1, 0 }).reshape(1, 1, 3, 3);
        var slides = (functional.conv2d(cells, cross, padding: new long[] { 2, 2 }) + 0.1 * randn(Slides, 1, Size, Size)).to(run.Device);
        var counts = cells.sum(new long[] { 1, 2, 3 });
        counts = ((counts - 6) / 2.4f).to(run.Device);

        using var model = new CellCounter();
        model.to(run.Device);
        var optimizer = optim.SGD(model.parameters(), 2e-2, momentum: 0.9);
        for (var step = 1; step <= 300; step++)
        {
            using var scope = NewDisposeScope();
            var slide = step % 8 * 32;
            var loss = functional.l1_loss(model.forward(slides.narrow(0, slide, 32)), counts.narrow(0, slide, 32));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>());
        }
    }
}
