using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.NoPooling.Picture;

/// <summary>Tells squares, disks and crosses apart, anywhere on a picture.</summary>
internal sealed class ShapeNet : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1 = Conv2d(1, 8, 3, padding: 1), conv2 = Conv2d(8, 8, 3, padding: 1), conv3 = Conv2d(8, 16, 3, padding: 1);
    private readonly Linear kinds = Linear(16 * 24 * 24, 3);

    public ShapeNet() : base(nameof(ShapeNet)) => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        x = functional.relu(conv1.forward(x));
        x = functional.relu(conv2.forward(x));
        x = functional.relu(conv3.forward(x));
        return kinds.forward(x.flatten(1));
    }
}

internal static class Program
{
    private static (Tensor, Tensor) Shapes(int count)
    {
        var kind = randint(0, 3, count, dtype: int64);
        var (row, column) = (rand(count, 1, 1) * 16 + 4, rand(count, 1, 1) * 16 + 4);
        var (dy, dx) = (arange(24, dtype: float32).reshape(1, 24, 1) - row, arange(24, dtype: float32).reshape(1, 1, 24) - column);
        var square = dy.abs().maximum(dx.abs()).lt(3).to(float32);
        var all = stack(new[] { square, (dy.pow(2) + dx.pow(2)).lt(11).to(float32),
            dy.abs().minimum(dx.abs()).lt(1).to(float32) * square }, 1);
        return (all.gather(1, kind.reshape(-1, 1, 1, 1).expand(-1, 1, 24, 24)) + randn(count, 1, 24, 24) * 0.2f, kind);
    }

    [TrainingProgram(MetricAbove = 0.85)]
    public static void Train(TrainingRun run)
    {
        var (pictures, kinds) = Shapes(384);
        var (testPictures, testKinds) = Shapes(256);
        (pictures, kinds) = (pictures.to(run.Device), kinds.to(run.Device));
        (testPictures, testKinds) = (testPictures.to(run.Device), testKinds.to(run.Device));
        using var model = new ShapeNet();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), 1e-3);
        for (var step = 1; step <= 200; step++)
        {
            using var scope = NewDisposeScope();
            var rows = randint(0, 384, 32, device: run.Device);
            var loss = functional.cross_entropy(model.forward(pictures.index_select(0, rows)), kinds.index_select(0, rows));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 20 != 0) continue;
            using var _ = no_grad();
            run.Log(step, loss.item<float>(), model.forward(testPictures).argmax(1).eq(testKinds).to(float32).mean().item<float>());
        }
    }
}
