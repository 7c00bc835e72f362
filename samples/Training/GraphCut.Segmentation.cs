using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.GraphCut.Segmentation;

/// <summary>Marks where a field seen from the air is wet: where it is darker than the ground around it.</summary>
internal sealed class WetNet : Module<Tensor, Tensor>
{
    private readonly Conv2d near = Conv2d(1, 16, 3, padding: 1), wide = Conv2d(16, 16, 5, padding: 2), wet = Conv2d(16, 1, 1);

    public WetNet() : base(nameof(WetNet)) => RegisterComponents();

    public override Tensor forward(Tensor field) => wet.forward(wide.forward(near.forward(field).relu()).relu());
}

internal sealed class Survey
{
    private readonly WetNet _net = new();
    private readonly optim.Optimizer _optimizer;

    public Survey(Device device)
    {
        _net.to(device);
        _optimizer = optim.AdamW(_net.parameters(), lr: 3e-3);
    }

    /// <summary>How far the marks are off.</summary>
    private Tensor Off(Tensor fields, Tensor wet) => functional.binary_cross_entropy_with_logits(_net.forward(fields).detach(), wet);

    public double Learn(Tensor fields, Tensor wet)
    {
        _optimizer.zero_grad();
        var loss = Off(fields, wet);
        loss.backward();
        _optimizer.step();
        return loss.item<float>();
    }

    /// <summary>The share of all points that is marked right.</summary>
    public double Right(Tensor fields, Tensor wet)
    {
        using var _ = no_grad();
        return _net.forward(fields).gt(0).eq(wet.gt(0.5)).to(float32).mean().item<float>();
    }
}

internal static class Program
{
    [TrainingProgram(MetricAbove = 0.85)]
    public static void Train(TrainingRun run)
    {
        var survey = new Survey(run.Device);
        for (var step = 1; step <= 250; step++)
        {
            using var scope = NewDisposeScope();
            var (fields, wet) = Fields(16, run.Device);
            var loss = survey.Learn(fields, wet);
            if (step % 10 == 0) run.Log(step, loss, survey.Right(fields, wet));
        }
    }

    /// <summary>Hills of wetness; half of the ground is wet.</summary>
    private static (Tensor Fields, Tensor Wet) Fields(int count, Device device)
    {
        var hills = functional.interpolate(randn(count, 1, 4, 4, device: device), new long[] { 12, 12 });
        return (-hills + 0.5 * randn_like(hills), hills.gt(0).to(float32));
    }
}
