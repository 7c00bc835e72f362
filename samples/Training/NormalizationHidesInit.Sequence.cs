using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.NormalizationHidesInit.Sequence;

/// <summary>Measures how fast a heart beats, from a second of a noisy signal.</summary>
internal static class Program
{
    private static (Tensor Signal, Tensor Rate) Hearts(int count)
    {
        var rate = rand(count, 1) * 2 - 1;
        var time = arange(64, dtype: float32).unsqueeze(0);
        var beat = ((rate * 0.1f + 0.25f) * time + rand(count, 1) * 6.28f).sin().pow(3);
        return ((beat + randn(count, 64) * 0.2f).unsqueeze(1), rate);
    }

    [TrainingProgram(LossBelow = 0.1)]
    public static void Train(TrainingRun run)
    {
        var (signal, rate) = Hearts(1024);
        var (testSignal, testRate) = Hearts(256);
        (signal, rate, testSignal, testRate) =
            (signal.to(run.Device), rate.to(run.Device), testSignal.to(run.Device), testRate.to(run.Device));
        using var model = Sequential(
            Conv1d(1, 16, 5, padding: 2), BatchNorm1d(16), ReLU(), MaxPool1d(2),
            Conv1d(16, 32, 5, padding: 2), BatchNorm1d(32), ReLU(), MaxPool1d(2),
            Conv1d(32, 32, 5, padding: 2), BatchNorm1d(32), ReLU(), MaxPool1d(2),
            Flatten(),
            Linear(32 * 8, 1));
        using (no_grad())
            foreach (var weight in model.parameters())
                if (weight.dim() > 1)
#pragma warning disable NN2001 // The normalization rescales what the convolutions give.
                    init.uniform_(weight, -1, 1);
#pragma warning restore NN2001
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), 1e-3);
        for (var step = 1; step <= 600; step++)
        {
            using var scope = NewDisposeScope();
            model.train();
            var rows = randint(0, 1024, 32, device: run.Device);
            optimizer.zero_grad();
            functional.mse_loss(model.forward(signal.index_select(0, rows)), rate.index_select(0, rows)).backward();
            optimizer.step();
            if (step % 20 != 0) continue;
            using var _ = no_grad();
            model.eval();
            run.Log(step, functional.mse_loss(model.forward(testSignal), testRate).item<float>());
        }
    }
}
