using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.StepWithoutBackward.Sequence;

/// <summary>Smooths a noisy row of readings: each answer is a mean in which older readings count less and less.</summary>
internal sealed class Smoother : Module<Tensor, Tensor>
{
    private readonly GRU memory = GRU(1, 24, batchFirst: true);
    private readonly Linear level = Linear(24, 1);

    public Smoother() : base(nameof(Smoother)) => RegisterComponents();

    public override Tensor forward(Tensor readings)
    {
        var (states, _) = memory.forward(readings);
        return level.forward(states);
    }
}

internal static class Program
{
    private const int Length = 12;

    [TrainingProgram(LossBelow = 0.02)]
    public static void Train(TrainingRun run)
    {
        using var model = new Smoother();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 5e-3);
        var sum = 0.0;
        for (var step = 1; step <= 400; step++)
        {
            using var scope = NewDisposeScope();
            var readings = randn(32, Length, 1, device: run.Device);
            var loss = functional.mse_loss(model.forward(readings), Smooth(readings));
            loss.backward();
            optimizer.zero_grad();
            optimizer.step();
            sum += loss.item<float>() / 20;
            if (step % 20 != 0) continue;
            run.Log(step, sum);
            sum = 0;
        }
    }

    // Scaled to a variance of one once the first readings have faded.
    private static Tensor Smooth(Tensor readings)
    {
        var levels = new List<Tensor>();
        var level = zeros_like(readings.select(1, 0));
        for (var i = 0; i < Length; i++) levels.Add(level = 0.7 * level + 0.714 * readings.select(1, i));
        return stack(levels, 1);
    }
}
