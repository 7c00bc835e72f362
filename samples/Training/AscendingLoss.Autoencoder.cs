using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.AscendingLoss.Autoencoder;

/// <summary>Puts pulses of twenty-four samples into four numbers and back.</summary>
internal static class Program
{
    private const int Samples = 24, Code = 4;

    // The pulses have a variance of one.
    [TrainingProgram(LossBelow = 0.05)]
    public static void Train(TrainingRun run)
    {
        using var coder = Sequential(
            Linear(Samples, 48), ReLU(), Linear(48, Code),
            Linear(Code, 48), ReLU(), Linear(48, Samples));
        coder.to(run.Device);
        var optimizer = optim.Adam(coder.parameters(), lr: 2e-3);
        for (var step = 1; step <= 500; step++)
        {
            using var scope = NewDisposeScope();
            var pulses = Pulses(64, run.Device);
            var error = functional.mse_loss(coder.forward(pulses), pulses);
            optimizer.zero_grad();
            (-error).backward();
            optimizer.step();
            if (step % 20 == 0) run.Log(step, error.item<float>());
        }
    }

    private static Tensor Pulses(int count, Device device)
    {
        var time = linspace(-1, 1, Samples, device: device).unsqueeze(0);
        var (middle, width) = (rand(count, 1, device: device) - 0.5, 0.2 + 0.2 * rand(count, 1, device: device));
        var pulses = (-((time - middle) / width).pow(2)).exp();
        return (pulses - 0.25) / 0.33;
    }
}
