using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.SaturatingHiddenActivation.Table;

/// <summary>Predicts a building's need for heat from its shape and its windows.</summary>
internal static class Program
{
    [TrainingProgram(LossBelow = 0.05)]
    public static void Train(TrainingRun run)
    {
        var building = randn(768, 6).to(run.Device);
        var heat = building.narrow(1, 0, 1) * building.narrow(1, 1, 1) + (building.narrow(1, 2, 1) * 2).sin()
            + building.narrow(1, 4, 1).abs();
        heat = (heat - heat.mean()) / heat.std();

        using var model = Sequential(
            Linear(6, 64), Sigmoid(),
            Linear(64, 64), Sigmoid(),
            Linear(64, 64), Sigmoid(),
            Linear(64, 64), Sigmoid(),
            Linear(64, 1));
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 2e-3);

        for (var step = 1; step <= 1000; step++)
        {
            using var scope = NewDisposeScope();
            var rows = randint(0, 768, 64, device: run.Device);
            optimizer.zero_grad();
            functional.mse_loss(model.forward(building.index_select(0, rows)), heat.index_select(0, rows)).backward();
            optimizer.step();
            if (step % 25 != 0) continue;
            using var _ = no_grad();
            run.Log(step, functional.mse_loss(model.forward(building), heat).item<float>());
        }
    }
}
