using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ConstantWeights.Picture;

/// <summary>Tells from which of four sides the wind blows over a field of grass.</summary>
internal sealed class WindNet : Module<Tensor, Tensor>
{
    private readonly Conv2d blades = Conv2d(1, 8, 3, padding: 1), waves = Conv2d(8, 16, 3, padding: 1);
    private readonly MaxPool2d pool = MaxPool2d(2);
    private readonly Linear side = Linear(16 * 3 * 3, 4);

    public WindNet() : base(nameof(WindNet))
    {
        foreach (var conv in new[] { blades, waves })
        {
            init.constant_(conv.weight, 0.05);
            init.zeros_(conv.bias);
        }
        RegisterComponents();
    }

    public override Tensor forward(Tensor field)
    {
        var x = pool.forward(blades.forward(field).relu());
        x = pool.forward(waves.forward(x).relu());
        return side.forward(x.flatten(1));
    }
}

internal static class Program
{
    private const int Size = 12;

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        using var model = new WindNet();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 2e-3);
        var right = 0f;
        for (var step = 1; step <= 200; step++)
        {
            using var scope = NewDisposeScope();
            var (fields, sides) = Fields(32, run.Device);
            var output = model.forward(fields);
            var loss = functional.cross_entropy(output, sides);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            right += output.argmax(1).eq(sides).to(float32).mean().item<float>() / 20;
            if (step % 20 != 0) continue;
            run.Log(step, loss.item<float>(), right);
            right = 0;
        }
    }

    /// <summary>Waves that rise slowly and fall at once, seen from each side.</summary>
    private static (Tensor Fields, Tensor Sides) Fields(int count, Device device)
    {
        var wave = ((arange(Size, dtype: float32, device: device) + 6 * rand(count, 1, device: device)) / 6).frac() * 2 - 1;
        var along = wave.view(count, 1, 1, Size).expand(count, 1, Size, Size);
        var views = stack(new[] { along, along.flip(3), along.transpose(2, 3), along.transpose(2, 3).flip(2) }, 1);
        var sides = randint(0, 4, new long[] { count }, device: device);
        var fields = views[arange(count, device: device), sides];
        return (fields + 0.4 * randn(count, 1, Size, Size, device: device), sides);
    }
}
