using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ReshapeAbsorbsBatch.Forecast;

/// <summary>How the forecast is trained.</summary>
internal sealed record Settings(int Steps = 300, int Batch = 32, double Rate = 3e-3);

/// <summary>Forecasts the next level of a tide from twelve levels before it.</summary>
internal sealed class TideNet : Module<Tensor, Tensor>
{
    private readonly GRU memory = GRU(1, 16, batchFirst: true);
    private readonly Linear next = Linear(24 * 16, 1);

    public TideNet() : base(nameof(TideNet)) => RegisterComponents();

    public override Tensor forward(Tensor levels)
    {
        var (states, _) = memory.forward(levels);
        return next.forward(states.reshape(-1, 24 * 16));
    }
}

internal static class Program
{
    // The levels have a variance of a half.
    [TrainingProgram(LossBelow = 0.02)]
    public static void Train(TrainingRun run)
    {
        var settings = new Settings();
        using var model = new TideNet();
        model.to(run.Device);
        var optimizer = optim.RMSProp(model.parameters(), settings.Rate);
        for (var step = 1; step <= settings.Steps; step++)
        {
            using var scope = NewDisposeScope();
            var tides = Measure(settings.Batch).to(run.Device);
            var loss = functional.mse_loss(model.forward(tides.narrow(1, 0, 12)), tides.select(1, 12));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>());
        }
    }

    /// <summary>Thirteen hours of a tide each, of any phase, with a period between eleven and fourteen hours.</summary>
    private static Tensor Measure(int count)
    {
        var hours = arange(13, dtype: float32).reshape(1, 13, 1);
        var (period, start) = (11 + 3 * rand(count, 1, 1), rand(count, 1, 1));
        return ((hours / period + start) * 2 * MathF.PI).sin() + 0.05 * randn(count, 13, 1);
    }
}
