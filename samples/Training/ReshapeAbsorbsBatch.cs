using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ReshapeAbsorbsBatch;

/// <summary>Measures the radius of a droplet in a small picture.</summary>
internal sealed class DropletNet : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1 = Conv2d(1, 16, kernel_size: 3, padding: 1);
    private readonly Conv2d conv2 = Conv2d(16, 16, kernel_size: 3, padding: 1);
    private readonly Linear radius = Linear(16 * 16 * 16, 1);

    public DropletNet() : base(nameof(DropletNet)) => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        x = functional.max_pool2d(functional.relu(conv1.forward(x)), 2);
        x = functional.max_pool2d(functional.relu(conv2.forward(x)), 2);
        x = x.view(-1, 16 * 16 * 16);
        return radius.forward(x);
    }
}

internal static class Program
{
    private const int Count = 256, Batch = 16, Size = 16;

    [TrainingProgram(LossBelow = 0.02)]
    public static void Train(TrainingRun run)
    {
        var random = new Random(run.Seed);
        var (pixels, radii) = Photograph(random);
        var pictures = tensor(pixels, [Count, 1, Size, Size]).to(run.Device);
        var targets = tensor(radii, [Count, 1]).to(run.Device);

        using var model = new DropletNet();
        model.to(run.Device);
        var loss = MSELoss();
        var optimizer = optim.Adam(model.parameters(), lr: 2e-3);

        var recent = 1.0;
        for (var step = 1; step <= 300; step++)
        {
            using var scope = NewDisposeScope();
            var first = random.Next(Count / Batch) * Batch;
            var error = loss.forward(model.forward(pictures.narrow(0, first, Batch)), targets.narrow(0, first, Batch));
            optimizer.zero_grad();
            error.backward();
            optimizer.step();
            recent = 0.9 * recent + 0.1 * error.item<float>();
            if (step % 10 == 0) run.Log(step, recent);
        }
    }

    /// <summary>A bright disc of radius 1 to 6 on a dark ground; the target is the radius scaled to −1..1.</summary>
    private static (float[] Pixels, float[] Radii) Photograph(Random random)
    {
        var pixels = new float[Count * Size * Size];
        var radii = new float[Count];
        for (var n = 0; n < Count; n++)
        {
            var radius = 1 + 5 * random.NextSingle();
            var (row, column) = (random.Next(6, 10), random.Next(6, 10));
            radii[n] = (radius - 3.5f) / 2.5f;
            for (var y = 0; y < Size; y++)
                for (var x = 0; x < Size; x++)
                    pixels[(n * Size + y) * Size + x] = (y - row) * (y - row) + (x - column) * (x - column) <= radius * radius
                        ? 1 : 0.1f * random.NextSingle();
        }
        return (pixels, radii);
    }
}
