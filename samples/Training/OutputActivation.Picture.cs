using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.OutputActivation.Picture;

/// <summary>Says in which of six directions the line on a tile runs.</summary>
internal static class Program
{
    private const int Count = 512, Size = 12, Batch = 32;

    private static (Tensor Tiles, Tensor Directions) Draw()
    {
        var directions = randint(0, 6, new long[] { Count });
        var angle = (directions.to(float32) * Math.PI / 6).view(-1, 1, 1);
        var at = arange(0, Size).to(float32) - 5.5;
        var (dx, dy) = (at.view(1, 1, -1) - 4 * (rand(Count, 1, 1) - 0.5), at.view(1, -1, 1) - 4 * (rand(Count, 1, 1) - 0.5));
        var line = (dx * angle.sin() - dy * angle.cos()).abs().lt(1).to(float32);
        return ((line + 0.2 * randn(Count, Size, Size)).unsqueeze(1), directions);
    }

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var (tiles, directions) = Draw();
        (tiles, directions) = (tiles.to(run.Device), directions.to(run.Device));
        using var model = Sequential(
            Conv2d(1, 8, 3, padding: 1), ReLU(), MaxPool2d(2),
            Conv2d(8, 16, 3, padding: 1), ReLU(), MaxPool2d(2),
            Flatten(),
            Linear(16 * 3 * 3, 32), ReLU(),
            Linear(32, 6), ReLU());
        model.to(run.Device);
        var optimizer = optim.SGD(model.parameters(), learningRate: 0.05, momentum: 0.9);

        for (var epoch = 1; epoch <= 20; epoch++)
        {
            using var scope = NewDisposeScope();
            var (order, sum, right) = (randperm(Count, device: run.Device), 0.0, 0.0);
            for (var at = 0; at < Count; at += Batch)
            {
                var rows = order.narrow(0, at, Batch);
                var scores = model.forward(tiles.index_select(0, rows));
                var truth = directions.index_select(0, rows);
                var loss = functional.cross_entropy(scores, truth);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                sum += loss.item<float>() * Batch / Count;
                right += scores.argmax(1).eq(truth).sum().item<long>() / (double)Count;
            }
            run.Log(epoch, sum, right);
        }
    }
}
