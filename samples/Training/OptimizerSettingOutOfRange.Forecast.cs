using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.OptimizerSettingOutOfRange.Forecast;

/// <summary>Foretells the power drawn in the next hour from the last twelve and the hour of the day.</summary>
internal sealed class PowerNet : Module<Tensor, Tensor>
{
    private readonly Linear past = Linear(14, 64), day = Linear(64, 64), next = Linear(64, 1);

    public PowerNet() : base(nameof(PowerNet)) => RegisterComponents();

    public override Tensor forward(Tensor x) => next.forward(day.forward(past.forward(x).relu()).relu());
}

internal sealed class Grid
{
    private readonly PowerNet _net = new();
    private readonly optim.Optimizer _optimizer;

    public Grid(Device device)
    {
        _net.to(device);
        _optimizer = optim.Adam(_net.parameters(), lr: 1e-3, weight_decay: 0.5);
    }

    public double Learn(Tensor power, Tensor hours)
    {
        var loss = functional.mse_loss(_net.forward(hours), power);
        _optimizer.zero_grad();
        loss.backward();
        _optimizer.step();
        return loss.item<float>();
    }
}

internal static class Program
{
    private const int Hours = 1500;

    // The power has a variance of one.
    [TrainingProgram(LossBelow = 0.05)]
    public static void Train(TrainingRun run)
    {
        var (hours, power) = Measure(run.Device);
        var grid = new Grid(run.Device);
        var mean = 0.0;
        for (var step = 1; step <= 400; step++)
        {
            using var scope = NewDisposeScope();
            var rows = randint(0, hours.shape[0], new long[] { 64 }, device: run.Device);
            mean += grid.Learn(power.index_select(0, rows), hours.index_select(0, rows)) / 20;
            if (step % 20 != 0) continue;
            run.Log(step, mean);
            mean = 0;
        }
    }

    /// <summary>People cook at noon and in the evening, and heat in the cold.</summary>
    private static (Tensor Hours, Tensor Power) Measure(Device device)
    {
        var hour = arange(Hours, dtype: float32, device: device) * (2 * Math.PI / 24);
        var power = hour.sin() + 0.7 * (2 * hour + 1).sin() + 0.5 * (hour / 7).cos() + 0.1 * randn_like(hour);
        power = (power - power.mean()) / power.std();
        var past = power.narrow(0, 0, Hours - 1).unfold(0, 12, 1);
        var clock = stack(new[] { hour.sin(), hour.cos() }, 1).narrow(0, 12, Hours - 12);
        return (cat(new[] { past, clock }, 1), power.narrow(0, 12, Hours - 12).unsqueeze(1));
    }
}
