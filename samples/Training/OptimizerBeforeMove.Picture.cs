using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.OptimizerBeforeMove.Picture;

/// <summary>Tells rings from discs and squares, in the camera's double precision.</summary>
internal sealed class ShapeNet : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1 = Conv2d(1, 8, 3, padding: 1), conv2 = Conv2d(8, 16, 3, padding: 1);
    private readonly Linear hidden = Linear(16 * 3 * 3, 32), shape = Linear(32, 3);

    public ShapeNet() : base(nameof(ShapeNet)) => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        x = functional.max_pool2d(functional.relu(conv1.forward(x)), 2);
        x = functional.max_pool2d(functional.relu(conv2.forward(x)), 2);
        return shape.forward(functional.relu(hidden.forward(x.flatten(1))));
    }
}

internal static class Program
{
    private const int Count = 384, Size = 12;

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var random = new Random(run.Seed);
        var (pixels, shapes) = (new double[Count * Size * Size], new long[Count]);
        for (var n = 0; n < Count; n++)
        {
            shapes[n] = random.Next(3);
            var (row, column, radius) = (random.Next(4, 8), random.Next(4, 8), 2.5 + random.NextDouble());
            for (var i = 0; i < Size * Size; i++)
            {
                var (y, x) = (i / Size - row, i % Size - column);
                var far = shapes[n] == 2 ? Math.Max(Math.Abs(x), Math.Abs(y)) : Math.Sqrt(x * x + y * y);
                var inside = far <= radius && (shapes[n] != 0 || far > radius - 1.5);
                pixels[n * Size * Size + i] = (inside ? 1 : 0) + 0.4 * (random.NextDouble() - 0.5);
            }
        }
        var (pictures, labels) = (tensor(pixels).view(Count, 1, Size, Size).to(run.Device), tensor(shapes).to(run.Device));

        var model = new ShapeNet();
        var optimizer = optim.SGD(model.parameters(), learningRate: 0.05, momentum: 0.9);
        model = model.to(run.Device).to(float64);
        for (var step = 1; step <= 200; step++)
        {
            using var scope = NewDisposeScope();
            var at = step % 12 * 32;
            var (output, right) = (model.forward(pictures.narrow(0, at, 32)), labels.narrow(0, at, 32));
            var loss = functional.cross_entropy(output, right);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 5 == 0) run.Log(step, loss.item<double>(), output.argmax(1).eq(right).to(float32).mean().item<float>());
        }
    }
}
