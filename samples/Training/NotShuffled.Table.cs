using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.NotShuffled.Table;

/// <summary>Tells six kinds of seeds apart by five measures; the laboratory measured one kind after the other.</summary>
internal static class Program
{
    private const int Kinds = 6, Each = 100;

    private static (Tensor Seeds, Tensor Kinds) Measure(Tensor means, int each)
    {
        var kinds = arange(Kinds).repeat_interleave(each);
        return (means.index_select(0, kinds) + 0.5 * randn(Kinds * each, 5), kinds);
    }

    /// <summary>What counts are seeds measured later.</summary>
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var means = (eye(Kinds, 5) - 0.2) * 2.5;
        var (seeds, kinds) = Measure(means, Each);
        var (laterSeeds, laterKinds) = Measure(means, 50);
        using var measured = torch.utils.data.TensorDataset(seeds, kinds);
        using var batches = torch.utils.data.DataLoader(measured, 20, shuffle: false, run.Device, run.Seed);
        using var model = Sequential(Linear(5, 32), ReLU(), Linear(32, Kinds));
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 1e-2);

        var step = 0;
        for (var epoch = 1; epoch <= 5; epoch++)
        {
            var loss = 0f;
            foreach (var batch in batches)
            {
                using var scope = NewDisposeScope();
                var error = functional.cross_entropy(model.forward(batch[0]), batch[1]);
                optimizer.zero_grad();
                error.backward();
                optimizer.step();
                loss = error.item<float>();
                step++;
            }
            using var quiet = no_grad();
            var right = model.forward(laterSeeds.to(run.Device)).argmax(1).eq(laterKinds.to(run.Device)).to(float32).mean();
            run.Log(step, loss, right.item<float>());
        }
    }
}
