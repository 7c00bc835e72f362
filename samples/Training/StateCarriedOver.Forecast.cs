using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.StateCarriedOver.Forecast;

/// <summary>Foretells the tide from the water level of the hour, and from what it remembers of the hours before.</summary>
internal sealed class TideNet : Module<Tensor, Tensor, (Tensor, Tensor)>
{
    private readonly GRU memory = GRU(1, 24, batchFirst: true);
    private readonly Linear level = Linear(24, 1);

    public TideNet() : base(nameof(TideNet)) => RegisterComponents();

    public override (Tensor, Tensor) forward(Tensor hours, Tensor state)
    {
        var (states, last) = memory.forward(hours, state);
        return (level.forward(states), last);
    }
}

internal static class Program
{
    private const int Harbours = 16, Window = 12;

    [TrainingProgram(LossBelow = 0.05)]
    public static void Train(TrainingRun run)
    {
        using var net = new TideNet();
        net.to(run.Device);
        var optimizer = optim.Adam(net.parameters(), lr: 5e-3);
        var tides = Tides(400 * Window + 1, run.Device);
        var state = zeros(1, Harbours, 24, device: run.Device);
        var mean = 0.0;
        for (var window = 0; window < 400; window++)
        {
            using var scope = NewDisposeScope();
            var hours = tides.narrow(1, window * Window, Window);
            var later = tides.narrow(1, window * Window + 1, Window);
            var (forecast, next) = net.forward(hours, state);
            state = next;
            state.MoveToOuterDisposeScope();
            var loss = functional.mse_loss(forecast, later);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            mean += loss.item<float>() / 20;
            if (window % 20 != 19) continue;
            run.Log(window + 1, mean);
            mean = 0;
        }
    }

    /// <summary>The sum of the moon's and the sun's tide at each harbour: a variance of one.</summary>
    private static Tensor Tides(int hours, Device device)
    {
        var time = arange(hours, dtype: float32, device: device).unsqueeze(0);
        Tensor Wave(double period) => (6.2832 / period * time + 6.2832 * rand(Harbours, 1, device: device)).sin();
        return (Wave(12.42) + Wave(12)).unsqueeze(2);
    }
}
