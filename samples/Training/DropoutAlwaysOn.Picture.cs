using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.DropoutAlwaysOn.Picture;

/// <summary>Which of five ways does the stripe run?</summary>
internal sealed class StripeNet : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1 = Conv2d(1, 8, 3, padding: 1), conv2 = Conv2d(8, 16, 3, padding: 1);
    private readonly Linear way = Linear(16, 5);

    public StripeNet() : base(nameof(StripeNet)) => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        x = functional.relu(conv1.forward(x));
        x = functional.relu(conv2.forward(x));
        // whole channels, as neighbouring pixels say the same
        x = functional.dropout2d(x, 0.5);
        return way.forward(x.mean([2, 3]));
    }
}

internal static class Program
{
    private const int Size = 10, Ways = 5;

    private static (Tensor, Tensor) Draw(int count, Random random)
    {
        var (pixels, ways) = (new float[count, 1, Size, Size], new long[count]);
        for (var n = 0; n < count; n++)
        {
            ways[n] = random.Next(Ways);
            var (angle, shift) = (Math.PI * ways[n] / Ways, random.NextDouble() * 6);
            for (var y = 0; y < Size; y++)
                for (var x = 0; x < Size; x++)
                    pixels[n, 0, y, x] = (float)(Math.Sin(1.6 * (x * Math.Cos(angle) + y * Math.Sin(angle)) + shift)
                        + 0.5 * (random.NextDouble() - 0.5));
        }
        return (tensor(pixels), tensor(ways));
    }

    [TrainingProgram(MetricAbove = 0.95)]
    public static void Train(TrainingRun run)
    {
        var random = new Random(run.Seed);
        var (train, test) = (Draw(400, random), Draw(200, random));
        var model = new StripeNet();
        var optimizer = optim.AdamW(model.parameters(), 5e-3);
        for (var epoch = 1; epoch <= 20; epoch++)
        {
            model.train();
            var last = 0.0;
            for (var at = 0; at < 400; at += 40)
            {
                using var scope = NewDisposeScope();
                var loss = functional.cross_entropy(model.forward(train.Item1.narrow(0, at, 40)), train.Item2.narrow(0, at, 40));
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                last = loss.item<float>();
            }
            model.eval();
            using var turn = NewDisposeScope();
            using (no_grad()) run.Log(epoch, last, model.forward(test.Item1).argmax(1).eq(test.Item2).to(float32).mean().item<float>());
        }
    }
}
