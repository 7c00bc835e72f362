using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.DecayOnAdam.Table;

/// <summary>Predicts the price of a used car from mileage, age, power, doors and owners.</summary>
internal static class Program
{
    [TrainingProgram(LossBelow = 0.02)]
    public static void Train(TrainingRun run)
    {
        var cars = randn(768, 5).to(run.Device);
        var price = (-0.5f * cars.narrow(1, 0, 1)).exp() * 0.5f - 0.3f * cars.narrow(1, 1, 1)
            + (cars.narrow(1, 2, 1) * cars.narrow(1, 4, 1)).tanh();
        price = (price - price.mean()) / price.std();

        using var model = Sequential(Linear(5, 64), ReLU(), Linear(64, 64), ReLU(), Linear(64, 1));
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), 1e-3);
        var schedule = optim.lr_scheduler.StepLR(optimizer, 10, 0.5);

        for (var epoch = 1; epoch <= 60; epoch++)
        {
            using var scope = NewDisposeScope();
            var (order, sum) = (randperm(768, device: run.Device), 0.0);
            for (var at = 0; at < 768; at += 32)
            {
                var rows = order.narrow(0, at, 32);
                var loss = functional.mse_loss(model.forward(cars.index_select(0, rows)), price.index_select(0, rows));
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                sum += loss.item<float>() / 24;
            }
            schedule.step();
            run.Log(epoch, sum);
        }
    }
}
