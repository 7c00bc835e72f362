using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.EvalNeverUndone.Picture;

/// <summary>Tells crosses, rings and bars apart in pictures of very different contrast.</summary>
internal sealed class SignNet : Module<Tensor, Tensor>
{
    private readonly Conv2d first = Conv2d(1, 8, 3, padding: 1), second = Conv2d(8, 16, 3, padding: 1);
    private readonly BatchNorm2d firstNorm = BatchNorm2d(8), secondNorm = BatchNorm2d(16);
    private readonly Linear sign = Linear(16 * 3 * 3, 3);

    public SignNet() : base(nameof(SignNet)) => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        x = functional.max_pool2d(functional.relu(firstNorm.forward(first.forward(x))), 2);
        x = functional.max_pool2d(functional.relu(secondNorm.forward(second.forward(x))), 2);
        return sign.forward(x.flatten(1));
    }
}

internal static class Program
{
    private const int Size = 12;

    private static (Tensor Pictures, Tensor Signs) Draw(int count, Random random)
    {
        var (pixels, signs) = (new float[count * Size * Size], new long[count]);
        for (var n = 0; n < count; n++)
        {
            signs[n] = random.Next(3);
            var (row, column, contrast) = (random.Next(4, 8), random.Next(4, 8), 0.5 + random.NextDouble());
            for (var i = 0; i < Size * Size; i++)
            {
                var (y, x) = (Math.Abs(i / Size - row), Math.Abs(i % Size - column));
                var ink = signs[n] switch { 0 => x == 0 && y < 4 || y == 0 && x < 4, 1 => Math.Max(x, y) == 3, _ => y == 0 && x < 4 };
                pixels[n * Size * Size + i] = (float)((ink ? contrast : 0) + 0.6 * (random.NextDouble() - 0.5));
            }
        }
        return (tensor(pixels).view(count, 1, Size, Size), tensor(signs));
    }

    private static float Accuracy(SignNet net, Tensor pictures, Tensor signs)
    {
        net.eval();
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        return net.forward(pictures).argmax(1).eq(signs).to(float32).mean().item<float>();
    }

    [TrainingProgram(MetricAbove = 0.95)]
    public static void Train(TrainingRun run)
    {
        var random = new Random(run.Seed);
        var (pictures, signs) = Draw(384, random);
        var (testPictures, testSigns) = Draw(192, random);
        var net = new SignNet();
        var optimizer = optim.SGD(net.parameters(), learningRate: 0.05, momentum: 0.9);
        for (var step = 1; step <= 240; step++)
        {
            using var scope = NewDisposeScope();
            var at = step % 12 * 32;
            var loss = functional.cross_entropy(net.forward(pictures.narrow(0, at, 32)), signs.narrow(0, at, 32));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>(), Accuracy(net, testPictures, testSigns));
        }
    }
}
