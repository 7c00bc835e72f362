using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.OutputActivation;

/// <summary>Forecasts how far tomorrow's temperature is from the average: the answer may be below it.</summary>
internal sealed class Forecaster : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> fc1 = Linear(4, 64);
    private readonly Module<Tensor, Tensor> fc2 = Linear(64, 64);
    private readonly Module<Tensor, Tensor> fc3 = Linear(64, 1);

    public Forecaster() : base(nameof(Forecaster)) => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        x = functional.relu(fc1.forward(x));
        x = functional.relu(fc2.forward(x));
        return functional.relu(fc3.forward(x));
    }
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.02)]
    public static void Train(TrainingRun run)
    {
        // Pressure, humidity, wind and season, scaled to −1..1, and the anomaly they cause.
        var weather = (rand(512, 4) * 2 - 1).to(run.Device);
        var anomaly = sin(weather.narrow(1, 0, 1) * 3) + weather.narrow(1, 1, 1) * weather.narrow(1, 2, 1) - weather.narrow(1, 3, 1);

        using var model = new Forecaster();
        model.to(run.Device);
        var loss = MSELoss();
        var optimizer = optim.Adam(model.parameters(), lr: 3e-3);

        for (var step = 1; step <= 400; step++)
        {
            using var scope = NewDisposeScope();
            var error = loss.forward(model.forward(weather), anomaly);
            optimizer.zero_grad();
            error.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, error.item<float>());
        }
    }
}
