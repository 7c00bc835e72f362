using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.SaturatingHiddenActivation.Picture;

/// <summary>Tells rings, disks, squares and crosses apart, as networks for digits were once built.</summary>
internal sealed class ShapeNet : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1 = Conv2d(1, 6, 5, padding: 2), conv2 = Conv2d(6, 16, 5, padding: 2);
    private readonly AvgPool2d pool = AvgPool2d(2);
    private readonly Linear fc1 = Linear(16 * 4 * 4, 84), fc2 = Linear(84, 32), shapes = Linear(32, 4);

    public ShapeNet() : base(nameof(ShapeNet)) => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        x = pool.forward(functional.sigmoid(conv1.forward(x)));
        x = pool.forward(functional.sigmoid(conv2.forward(x)));
        x = functional.sigmoid(fc1.forward(x.flatten(1)));
        x = functional.sigmoid(fc2.forward(x));
        return shapes.forward(x);
    }
}

internal static class Program
{
    private static (Tensor, Tensor) Shapes(int count)
    {
        var kind = randint(0, 4, count, dtype: int64);
        var (row, column) = (rand(count, 1, 1) * 4 + 6, rand(count, 1, 1) * 4 + 6);
        var (dy, dx) = (arange(16, dtype: float32).reshape(1, 16, 1) - row, arange(16, dtype: float32).reshape(1, 1, 16) - column);
        var distance = (dy.pow(2) + dx.pow(2)).sqrt();
        var square = dy.abs().maximum(dx.abs()).lt(4).to(float32);
        var all = stack(new[] { distance.sub(4).abs().lt(1).to(float32), distance.lt(4.5).to(float32), square,
            dy.abs().minimum(dx.abs()).lt(1.2).to(float32) * square }, 1);
        return (all.gather(1, kind.reshape(-1, 1, 1, 1).expand(-1, 1, 16, 16)) + randn(count, 1, 16, 16) * 0.2f, kind);
    }

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var (pictures, kinds) = Shapes(512);
        (pictures, kinds) = (pictures.to(run.Device), kinds.to(run.Device));
        using var model = new ShapeNet();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), 2e-3);
        for (var epoch = 1; epoch <= 25; epoch++)
        {
            using var scope = NewDisposeScope();
            var (order, sum, right) = (randperm(512, device: run.Device), 0.0, 0.0);
            for (var at = 0; at < 512; at += 32)
            {
                var rows = order.narrow(0, at, 32);
                var scores = model.forward(pictures.index_select(0, rows));
                var loss = functional.cross_entropy(scores, kinds.index_select(0, rows));
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                sum += loss.item<float>() / 16;
                right += scores.argmax(1).eq(kinds.index_select(0, rows)).sum().item<long>() / 512.0;
            }
            run.Log(epoch, sum, right);
        }
    }
}
