using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.GraphCut.Table;

/// <summary>Predicts how long a parcel is under way from its weight, distance, height and hour, in standardized columns.</summary>
internal static class Program
{
    [TrainingProgram(LossBelow = 0.02)]
    public static void Train(TrainingRun run)
    {
        var parcels = randn(640, 4, device: run.Device);
        var (weight, distance, height, hour) = (parcels.select(1, 0), parcels.select(1, 1), parcels.select(1, 2), parcels.select(1, 3));
        var days = (distance + 0.3 * weight * height.sigmoid() + 0.5 * hour.cos()).unsqueeze(1);
        days = (days - days.mean()) / days.std();

        using var model = Sequential(Linear(4, 64), ReLU(), Linear(64, 64), ReLU(), Linear(64, 1));
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 2e-3);
        for (var step = 1; step <= 500; step++)
        {
            using var scope = NewDisposeScope();
            var rows = randint(0, 640, new long[] { 64 }, device: run.Device);
            var prediction = model.forward(parcels.index_select(0, rows)).detach();
            var loss = functional.mse_loss(prediction, days.index_select(0, rows));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 25 == 0) run.Log(step, loss.item<float>());
        }
    }
}
