using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.NoGradNotDisposed.Picture;

/// <summary>Tells in which quarter of a picture the bright spot lies.</summary>
internal sealed class SpotNet : Module<Tensor, Tensor>
{
    private readonly Conv2d conv = Conv2d(1, 8, 3, padding: 1);
    private readonly Linear quarter = Linear(8 * 4 * 4, 4);

    public SpotNet() : base(nameof(SpotNet)) => RegisterComponents();

    public override Tensor forward(Tensor x) =>
        quarter.forward(functional.max_pool2d(functional.relu(conv.forward(x)), 2).flatten(1));
}

internal static class Program
{
    private const int Size = 8;

    private static (Tensor Pictures, Tensor Quarters) Draw(int count, Random random)
    {
        var (pixels, quarters) = (new float[count * Size * Size], new long[count]);
        for (var n = 0; n < count; n++)
        {
            var (row, column) = (random.Next(Size), random.Next(Size));
            quarters[n] = row / 4 * 2 + column / 4;
            for (var i = 0; i < Size * Size; i++)
                pixels[n * Size * Size + i] = (i == row * Size + column ? 2 : 0) + (float)(random.NextDouble() - 0.5);
        }
        return (tensor(pixels).view(count, 1, Size, Size), tensor(quarters));
    }

    private static double Accuracy(SpotNet net, Tensor pictures, Tensor quarters)
    {
        torch.no_grad();
        return net.forward(pictures).argmax(1).eq(quarters).to(float32).mean().item<float>();
    }

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var random = new Random(run.Seed);
        var (pictures, quarters) = Draw(512, random);
        var (testPictures, testQuarters) = Draw(256, random);
        var net = new SpotNet();
        var optimizer = optim.Adam(net.parameters(), 5e-3);
        for (var epoch = 1; epoch <= 20; epoch++)
        {
            var last = 0f;
            for (var at = 0; at < 512; at += 32)
            {
                using var scope = NewDisposeScope();
                var loss = functional.cross_entropy(net.forward(pictures.narrow(0, at, 32)), quarters.narrow(0, at, 32));
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                last = loss.item<float>();
            }
            run.Log(epoch, last, Accuracy(net, testPictures, testQuarters));
        }
    }
}
