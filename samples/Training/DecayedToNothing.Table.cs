using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.DecayedToNothing.Table;

/// <summary>Predicts the yield of a reaction from six settings of the plant.</summary>
internal static class Program
{
    private const int Epochs = 60;

    [TrainingProgram(LossBelow = 0.1)]
    public static void Train(TrainingRun run)
    {
        var settings = randn(512, 6).to(run.Device);
        var result = (settings.narrow(1, 0, 1) * settings.narrow(1, 1, 1)).tanh()
            + (settings.narrow(1, 2, 1) + settings.narrow(1, 4, 1)).sin();
        result = (result - result.mean()) / result.std();

        using var model = Sequential(Linear(6, 64), ReLU(), Linear(64, 64), ReLU(), Linear(64, 1));
        model.to(run.Device);
        var optimizer = optim.SGD(model.parameters(), learningRate: 0.05, momentum: 0.9, weight_decay: 5e-4);
        var schedule = optim.lr_scheduler.StepLR(optimizer, step_size: 3, gamma: 0.1);

        for (var epoch = 1; epoch <= Epochs; epoch++)
        {
            using var scope = NewDisposeScope();
            var (order, sum) = (randperm(512, device: run.Device), 0.0);
            for (var at = 0; at < 512; at += 32)
            {
                var rows = order.narrow(0, at, 32);
                var loss = functional.mse_loss(model.forward(settings.index_select(0, rows)), result.index_select(0, rows));
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                sum += loss.item<float>() / 16;
            }
            schedule.step();
            run.Log(epoch, sum);
        }
    }
}
