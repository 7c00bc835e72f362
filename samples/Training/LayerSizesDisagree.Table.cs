using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.LayerSizesDisagree.Table;

/// <summary>Tells three sorts of wine apart by six measurements.</summary>
internal static class Program
{
    private const int Bottles = 480;

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        // Each sort has two vineyards, each vineyard its own middle.
        var vineyard = randint(0, 6, new long[] { Bottles });
        var middles = randn(6, 6) * 1.5;
        var measurements = (middles.index_select(0, vineyard) + 0.5 * randn(Bottles, 6)).to(run.Device);
        var sorts = (vineyard % 3).to(run.Device);

        using var model = Sequential(
            Linear(6, 48),
            ReLU(),
            Linear(64, 32),
            ReLU(),
            Linear(32, 3));
        model.to(run.Device);
        var optimizer = optim.RMSProp(model.parameters(), 1e-3);

        for (var epoch = 1; epoch <= 30; epoch++)
        {
            var (sum, right) = (0.0, 0.0);
            foreach (var bottles in randperm(Bottles, device: run.Device).split(32))
            {
                using var scope = NewDisposeScope();
                var (output, labels) = (model.forward(measurements.index_select(0, bottles)), sorts.index_select(0, bottles));
                var loss = functional.cross_entropy(output, labels);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                sum += loss.item<float>() * 32 / Bottles;
                right += output.argmax(1).eq(labels).sum().item<long>();
            }
            run.Log(epoch, sum, right / Bottles);
        }
    }
}
