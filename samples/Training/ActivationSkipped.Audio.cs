using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ActivationSkipped.Audio;

/// <summary>Counts the clicks in a noisy recording, as a number.</summary>
internal static class Program
{
    private const int Times = 48;

    // The number is counted from the middle, in steps of two: its variance is one half.
    [TrainingProgram(LossBelow = 0.05)]
    public static void Train(TrainingRun run)
    {
        using var counter = Sequential(
            Conv1d(1, 12, 5, padding: 2), BatchNorm1d(12), ReLU(), MaxPool1d(2),
            Conv1d(12, 12, 5, padding: 2), BatchNorm1d(12), MaxPool1d(2),
            Conv1d(12, 12, 5, padding: 2), BatchNorm1d(12), ReLU(),
            Flatten(),
            Linear(12 * 12, 1));
        counter.to(run.Device);
        var optimizer = optim.Adam(counter.parameters(), lr: 5e-3);
        var mean = 0.5;
        for (var step = 1; step <= 300; step++)
        {
            using var scope = NewDisposeScope();
            var clicks = rand(32, 1, Times, device: run.Device).lt(0.05).to(float32);
            // Two clicks at once are heard as one.
            var apart = clicks * (1 - functional.pad(clicks, new long[] { 1, 0 }).narrow(2, 0, Times));
            var number = (apart.sum(2) - 2.3) / 2;
            var loss = functional.mse_loss(counter.forward(clicks + 0.1 * randn_like(clicks)), number);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            mean = 0.95 * mean + 0.05 * loss.item<float>();
            if (step % 20 == 0) run.Log(step, mean);
        }
    }
}
