using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.SoftmaxOverOne.Picture;

/// <summary>Tells tiles with a scratch from whole ones.</summary>
internal static class Program
{
    private const int Tiles = 512, Batch = 32;

    private static (Tensor, Tensor) Bake()
    {
        var broken = rand(Tiles, 1).lt(0.5).to(float32);
        var angle = 3.14 * rand(Tiles, 1, 1);
        var at = arange(0, 12).to(float32) - 5.5;
        var (x, y) = (at.view(1, 1, -1), at.view(1, -1, 1));
        var scratch = (x * angle.sin() - y * angle.cos() + 6 * (rand(Tiles, 1, 1) - 0.5)).abs().lt(0.8).to(float32);
        return ((scratch * broken.unsqueeze(2) + 0.3 * randn(Tiles, 12, 12)).unsqueeze(1), broken);
    }

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var (tiles, broken) = Bake();
        (tiles, broken) = (tiles.to(run.Device), broken.to(run.Device));
        using var model = Sequential(
            Conv2d(1, 8, 3, padding: 1), ReLU(), MaxPool2d(2),
            Conv2d(8, 16, 3, padding: 1), ReLU(), MaxPool2d(2),
            Flatten(),
            Linear(16 * 3 * 3, 32), ReLU(),
            Linear(32, 1), Softmax(1));
        model.to(run.Device);
        var criterion = BCELoss();
        var optimizer = optim.SGD(model.parameters(), learningRate: 0.05, momentum: 0.9);

        for (var epoch = 1; epoch <= 20; epoch++)
        {
            using var scope = NewDisposeScope();
            var (order, sum, right) = (randperm(Tiles, device: run.Device), 0.0, 0.0);
            for (var at = 0; at < Tiles; at += Batch)
            {
                var rows = order.narrow(0, at, Batch);
                var (chance, truth) = (model.forward(tiles.index_select(0, rows)), broken.index_select(0, rows));
                var loss = criterion.forward(chance, truth);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                sum += loss.item<float>() * Batch / Tiles;
                right += chance.gt(0.5).eq(truth.gt(0.5)).sum().item<long>() / (double)Tiles;
            }
            run.Log(epoch, sum, right);
        }
    }
}
