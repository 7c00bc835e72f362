using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.OneOutputForClasses.Picture;

/// <summary>Tells pictures of a ring from pictures of a disk.</summary>
internal static class Program
{
    private const int Count = 384;

    private static (Tensor Pictures, Tensor Rings) Paint()
    {
        var rings = randint(0, 2, new long[] { Count });
        var at = arange(0, 12).to(float32) - 5.5;
        var (row, column) = (at.view(1, -1, 1) + 4 * (rand(Count, 1, 1) - 0.5), at.view(1, 1, -1) + 4 * (rand(Count, 1, 1) - 0.5));
        var radius = (row.pow(2) + column.pow(2)).sqrt();
        var hole = radius.lt(1.8).logical_and(rings.eq(1).view(-1, 1, 1));
        var shape = radius.lt(3.6).logical_and(hole.logical_not()).to(float32);
        return ((shape - 0.5 + 0.4 * randn(Count, 12, 12)).unsqueeze(1), rings);
    }

    [TrainingProgram(LossBelow = 0.1)]
    public static void Train(TrainingRun run)
    {
        var (pictures, rings) = Paint();
        (pictures, rings) = (pictures.to(run.Device), rings.to(run.Device));
        using var model = Sequential(
            Conv2d(1, 8, 3, padding: 1), ReLU(), MaxPool2d(2),
            Conv2d(8, 16, 3, padding: 1), ReLU(), MaxPool2d(2),
            Flatten(), Linear(16 * 3 * 3, 1));
        model.to(run.Device);
        var optimizer = optim.SGD(model.parameters(), learningRate: 0.05, momentum: 0.9);

        for (var epoch = 1; epoch <= 25; epoch++)
        {
            var total = 0.0;
            for (var batch = 0; batch < 12; batch++)
            {
                using var scope = NewDisposeScope();
                var scores = model.forward(pictures.narrow(0, batch * 32, 32));
                var loss = functional.cross_entropy(scores, rings.narrow(0, batch * 32, 32));
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                total += loss.item<float>() / 12;
            }
            run.Log(epoch, total);
        }
    }
}
