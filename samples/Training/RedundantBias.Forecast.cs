using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace NnAnalyzers.Samples.RedundantBias.Forecast;

/// <summary>The height of the tide in an hour, from the last sixteen.</summary>
internal sealed class TideModel : nn.Module<Tensor, Tensor>
{
    private readonly Conv1d _waves;
    private readonly BatchNorm1d _even;
    private readonly Linear _next;

    public TideModel(int channels) : base(nameof(TideModel))
    {
        _waves = nn.Conv1d(1, channels, 5, stride: 2);
        _even = nn.BatchNorm1d(channels);
        _next = nn.Linear(6 * channels, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hours)
    {
        var waves = _even.forward(_waves.forward(hours));
        return _next.forward(nn.functional.leaky_relu(waves, 0.1).flatten(1));
    }
}

internal static class Program
{
    private const int Ports = 512;

    // The tide has a variance of about one half.
    [TrainingProgram(LossBelow = 0.05)]
    public static void Train(TrainingRun run)
    {
        var hours = arange(17, dtype: float32).unsqueeze(0) + 20 * rand(Ports, 1);
        var tide = ((0.4 + 0.1 * rand(Ports, 1)) * hours).sin() * (0.5 + rand(Ports, 1));
        tide = tide.unsqueeze(1).to(run.Device);
        var model = new TideModel(8);
        model.to(run.Device);
        var optimizer = optim.RMSProp(model.parameters(), 2e-3);
        for (var epoch = 1; epoch <= 10; epoch++)
        {
            var error = 0f;
            for (var first = 0; first < Ports; first += 32)
            {
                using var scope = NewDisposeScope();
                var ports = tide.narrow(0, first, 32);
                var loss = nn.functional.mse_loss(model.forward(ports.narrow(2, 0, 16)), ports.select(2, 16));
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                error += loss.item<float>() / (Ports / 32);
            }
            run.Log(epoch * (Ports / 32), error);
        }
    }
}
