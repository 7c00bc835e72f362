using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.SharedBuilderOutput.Segmentation;

/// <summary>Finds the nucleus and the body of a cell under the microscope.</summary>
internal static class CellNet
{
    private static Sequential Block(long from, long to) => Sequential(
        ("conv", Conv2d(from, to, kernel_size: 3, padding: 1)),
        ("norm", BatchNorm2d(to)),
        ("act", ReLU()));

    public static Sequential Build(long width) => Sequential(
        ("first", Block(1, width)),
        ("second", Block(width, width)),
        ("parts", Block(width, 3)));
}

internal static class Program
{
    private static (Tensor Pictures, Tensor Parts) Prepare(int count)
    {
        var at = arange(0, 12).to(float32) - 5.5;
        var (row, column) = (at.view(1, -1, 1) - 4 * (rand(count, 1, 1) - 0.5), at.view(1, 1, -1) - 4 * (rand(count, 1, 1) - 0.5));
        var radius = (row.pow(2) + column.pow(2)).sqrt() / (0.8 + 0.4 * rand(count, 1, 1));
        var parts = radius.lt(4.5).to(int64) + radius.lt(2).to(int64);
        return ((parts.to(float32) - 0.6 + 0.5 * randn(count, 12, 12)).unsqueeze(1), parts);
    }

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var (pictures, parts) = Prepare(384);
        (pictures, parts) = (pictures.to(run.Device), parts.to(run.Device));
        using var model = CellNet.Build(width: 16);
        model.to(run.Device);
        var optimizer = optim.SGD(model.parameters(), learningRate: 0.02, momentum: 0.9);

        for (var epoch = 1; epoch <= 15; epoch++)
        {
            var (sum, right) = (0.0, 0.0);
            for (var batch = 0; batch < 12; batch++)
            {
                using var scope = NewDisposeScope();
                var truth = parts.narrow(0, batch * 32, 32);
                var scores = model.forward(pictures.narrow(0, batch * 32, 32));
                var loss = functional.cross_entropy(scores, truth);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                sum += loss.item<float>() / 12;
                right += scores.argmax(1).eq(truth).to(float32).mean().item<float>() / 12;
            }
            run.Log(epoch, sum, right);
        }
    }
}
