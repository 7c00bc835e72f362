using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.RegressionLossForClasses.Picture;

/// <summary>Knows thirty faces again, each on a tile of its own light and noise.</summary>
internal static class Program
{
    private const int Faces = 30, Size = 8;

    private static Sequential Network() => Sequential(
        Conv2d(1, 8, 3, padding: 1), ReLU(), MaxPool2d(2),
        Conv2d(8, 16, 3, padding: 1), ReLU(), MaxPool2d(2),
        Flatten(), Linear(16 * 2 * 2, 64), ReLU(),
        Linear(64, Faces), Softmax(1));

    [TrainingProgram(MetricAbove = 0.85)]
    public static void Train(TrainingRun run)
    {
        var faces = rand(Faces, 1, Size, Size, device: run.Device) - 0.5;
        using var network = Network();
        network.to(run.Device);
        var criterion = MSELoss();
        var optimizer = optim.SGD(network.parameters(), 0.05, momentum: 0.9);
        for (var epoch = 1; epoch <= 16; epoch++)
        {
            var (error, known) = (0f, 0f);
            for (var batch = 0; batch < 25; batch++)
            {
                using var scope = NewDisposeScope();
                var who = randint(0, Faces, new long[] { 32 }, device: run.Device);
                var tiles = faces.index_select(0, who) * (0.5 + rand(32, 1, 1, 1, device: run.Device));
                var output = network.forward(2 * tiles + 0.3 * randn_like(tiles));
                var loss = criterion.forward(output, functional.one_hot(who, Faces).to(float32));
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                error += loss.item<float>() / 25;
                known += output.argmax(1).eq(who).to(float32).mean().item<float>() / 25;
            }
            run.Log(epoch * 25, error, known);
        }
    }
}
