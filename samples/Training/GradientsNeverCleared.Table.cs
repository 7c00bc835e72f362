using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.GradientsNeverCleared.Table;

/// <summary>Predicts the rent of a flat from its size, age, floor, noise and way to work, in standardized columns.</summary>
internal static class Program
{
    private const int Flats = 768, Batch = 64;

    // The rents have a variance of one.
    [TrainingProgram(LossBelow = 0.02)]
    public static void Train(TrainingRun run)
    {
        var flats = randn(Flats, 5, device: run.Device);
        var rents = Rents(flats);

        using var model = Sequential(Linear(5, 48), ReLU(), Linear(48, 48), ReLU(), Linear(48, 1));
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 3e-3);
        for (var epoch = 1; epoch <= 60; epoch++)
        {
            var order = randperm(Flats, device: run.Device);
            for (var at = 0; at < Flats; at += Batch)
            {
                using var scope = NewDisposeScope();
                var rows = order.narrow(0, at, Batch);
                functional.mse_loss(model.forward(flats.index_select(0, rows)), rents.index_select(0, rows)).backward();
                optimizer.step();
            }
            using var all = NewDisposeScope();
            using var _ = no_grad();
            run.Log(epoch, functional.mse_loss(model.forward(flats), rents).item<float>());
        }
    }

    private static Tensor Rents(Tensor flats)
    {
        var (size, age, floor) = (flats.select(1, 0), flats.select(1, 1), flats.select(1, 2));
        var (noise, way) = (flats.select(1, 3), flats.select(1, 4));
        var rents = size * (1 + 0.4 * way.tanh()) - 0.5 * age.abs() + 0.3 * floor.relu() - 0.4 * noise.sigmoid();
        return ((rents - rents.mean()) / rents.std()).unsqueeze(1);
    }
}
