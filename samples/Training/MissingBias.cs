using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.MissingBias;

/// <summary>Learns a sensor's calibration curve: one reading in, one true value out.</summary>
internal static class Program
{
    [TrainingProgram(LossBelow = 0.01)]
    public static void Train(TrainingRun run)
    {
        var reading = (rand(256, 1) * 2 - 1).to(run.Device);
        var truth = sin(reading * 4) + 0.5 * reading.pow(2) + 0.3;

        using var model = Sequential(
            ("hidden1", Linear(1, 64, hasBias: false)),
            ("relu1", ReLU()),
            ("hidden2", Linear(64, 64, hasBias: false)),
            ("relu2", ReLU()),
            ("output", Linear(64, 1, hasBias: false)));
        model.to(run.Device);
        var loss = MSELoss();
        var optimizer = optim.Adam(model.parameters(), lr: 5e-3);

        for (var step = 1; step <= 500; step++)
        {
            using var scope = NewDisposeScope();
            using var error = loss.forward(model.forward(reading), truth);
            optimizer.zero_grad();
            error.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, error.item<float>());
        }
    }
}
