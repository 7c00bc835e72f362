using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.LearningRateOutOfRange.Table;

/// <summary>Predicts a battery's remaining charge from voltage, current, temperature and age.</summary>
internal static class Program
{
    private const double LearningRate = 0.1;

    [TrainingProgram(LossBelow = 0.05)]
    public static void Train(TrainingRun run)
    {
        var state = randn(768, 4).to(run.Device);
        var charge = (1.5f * state.narrow(1, 0, 1)).tanh() - 0.4f * state.narrow(1, 1, 1) * state.narrow(1, 2, 1)
            + (state.narrow(1, 3, 1) * 2).sin() * 0.5f;

        using var model = Sequential(Linear(4, 128), ReLU(), Linear(128, 128), ReLU(), Linear(128, 1));
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: LearningRate);

        for (var step = 1; step <= 800; step++)
        {
            using var scope = NewDisposeScope();
            var rows = randint(0, 768, 64, device: run.Device);
            optimizer.zero_grad();
            functional.mse_loss(model.forward(state.index_select(0, rows)), charge.index_select(0, rows)).backward();
            optimizer.step();
            if (step % 20 != 0) continue;
            using var _ = no_grad();
            run.Log(step, functional.mse_loss(model.forward(state), charge).item<float>());
        }
    }
}
