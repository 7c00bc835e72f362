using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.OptimizerSettingOutOfRange.Picture;

/// <summary>Says in which quarter of a picture a small cross stands.</summary>
internal sealed class CrossNet : Module<Tensor, Tensor>
{
    private readonly Conv2d look = Conv2d(1, 8, 3, padding: 1), find = Conv2d(8, 16, 3, padding: 1);
    private readonly MaxPool2d half = MaxPool2d(2);
    private readonly Linear quarter = Linear(16 * 3 * 3, 4);

    public CrossNet() : base(nameof(CrossNet)) => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        x = half.forward(look.forward(x).relu());
        x = half.forward(find.forward(x).relu());
        return quarter.forward(x.flatten(1));
    }
}

internal static class Program
{
    private const int Size = 12;

    [TrainingProgram(MetricAbove = 0.95)]
    public static void Train(TrainingRun run)
    {
        var (pictures, quarters) = Crosses(512, new Random(run.Seed));
        (pictures, quarters) = (pictures.to(run.Device), quarters.to(run.Device));
        using var net = new CrossNet();
        net.to(run.Device);
        var optimizer = optim.SGD(net.parameters(), learningRate: 0.02, momentum: 0.9, weight_decay: 0.1);
        for (var epoch = 1; epoch <= 40; epoch++)
        {
            var (loss, right) = (0.0, 0.0);
            for (var batch = 0; batch < 8; batch++)
            {
                using var scope = NewDisposeScope();
                var answers = quarters.narrow(0, batch * 64, 64);
                var scores = net.forward(pictures.narrow(0, batch * 64, 64));
                var error = functional.cross_entropy(scores, answers);
                optimizer.zero_grad();
                error.backward();
                optimizer.step();
                loss += error.item<float>() / 8;
                right += scores.argmax(1).eq(answers).to(float32).mean().item<float>() / 8;
            }
            run.Log(epoch * 8, loss, right);
        }
    }

    private static (Tensor Pictures, Tensor Quarters) Crosses(int count, Random random)
    {
        var (points, quarters) = (new float[count * Size * Size], new long[count]);
        for (var n = 0; n < count; n++)
        {
            for (var i = 0; i < Size * Size; i++) points[n * Size * Size + i] = 0.6f * (float)(random.NextDouble() - 0.5);
            var (row, column) = (random.Next(1, Size - 1), random.Next(1, Size - 1));
            foreach (var (y, x) in new[] { (0, 0), (0, 1), (1, 0), (0, -1), (-1, 0) })
                points[(n * Size + row + y) * Size + column + x] += 1;
            quarters[n] = 2 * (row / (Size / 2)) + column / (Size / 2);
        }
        return (tensor(points).view(count, 1, Size, Size), tensor(quarters));
    }
}
