using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.LearningRateOutOfRange.Picture;

/// <summary>Finds the disk among square, disk and cross.</summary>
internal sealed class ShapeNet : Module<Tensor, Tensor>
{
    private readonly Sequential features = Sequential(
        Conv2d(1, 8, 3, padding: 1), ReLU(), MaxPool2d(2),
        Conv2d(8, 16, 3, padding: 1), ReLU(), MaxPool2d(2),
        Flatten());
    private readonly Linear kinds = Linear(16 * 4 * 4, 3);

    public ShapeNet() : base(nameof(ShapeNet)) => RegisterComponents();

    public override Tensor forward(Tensor x) => kinds.forward(features.forward(x));
}

internal static class Program
{
    private static (Tensor, Tensor) Shapes(int count)
    {
        var kind = randint(0, 3, count, dtype: int64);
        var (row, column) = (rand(count, 1, 1) * 6 + 5, rand(count, 1, 1) * 6 + 5);
        var (dy, dx) = (arange(16, dtype: float32).reshape(1, 16, 1) - row, arange(16, dtype: float32).reshape(1, 1, 16) - column);
        var square = (dy.abs().maximum(dx.abs()) < 4).to(float32);
        var disk = (dy.pow(2) + dx.pow(2) < 18).to(float32);
        var cross = (dy.abs().minimum(dx.abs()) < 1.2f).to(float32) * square;
        var all = stack(new[] { square, disk, cross }, 1);
        var drawn = all.gather(1, kind.reshape(-1, 1, 1, 1).expand(-1, 1, 16, 16));
        return (drawn + randn(count, 1, 16, 16) * 0.2f, kind);
    }

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var (pictures, kinds) = Shapes(512);
        (pictures, kinds) = (pictures.to(run.Device), kinds.to(run.Device));
        using var model = new ShapeNet();
        model.to(run.Device);
        var optimizer = optim.SGD(model.parameters(), learningRate: 1, momentum: 0.9);

        for (var epoch = 1; epoch <= 60; epoch++)
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
