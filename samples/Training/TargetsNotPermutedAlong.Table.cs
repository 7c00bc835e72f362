using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.TargetsNotPermutedAlong.Table;

/// <summary>What a machine's part weighs, by its three sides.</summary>
internal static class Program
{
    private const int Parts = 512, Batch = 64;

    // The weights have a variance of one.
    [TrainingProgram(LossBelow = 0.05)]
    public static void Train(TrainingRun run)
    {
        var sides = rand(Parts, 3, device: run.Device) * 2 - 1;
        var weights = (sides + 1.5).prod(1, keepdim: true);
        weights = (weights - weights.mean()) / weights.std();

        using var model = Sequential(Linear(3, 48), ReLU(), Linear(48, 48), ReLU(), Linear(48, 1));
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 3e-3);
        for (var epoch = 1; epoch <= 20; epoch++)
        {
            using var scope = NewDisposeScope();
            var order = randperm(Parts, device: run.Device);
            var sum = 0f;
            for (var first = 0; first < Parts; first += Batch)
            {
                var rows = order.narrow(0, first, Batch);
                var loss = functional.mse_loss(model.forward(sides.index_select(0, rows)), weights.narrow(0, first, Batch));
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                sum += loss.item<float>() * Batch / Parts;
            }
            run.Log(epoch * (Parts / Batch), sum);
        }
    }
}
