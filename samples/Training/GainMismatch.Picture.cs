using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.GainMismatch.Picture;

/// <summary>Finds in which quarter of a plate the crack is.</summary>
internal sealed class CrackNet : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1 = Conv2d(1, 8, 3, padding: 1), conv2 = Conv2d(8, 8, 3, padding: 1), conv3 = Conv2d(8, 8, 3, padding: 1);
    private readonly MaxPool2d pool = MaxPool2d(2);
    private readonly Linear quarter = Linear(8 * 2 * 2, 4);

    public CrackNet() : base(nameof(CrackNet))
    {
        RegisterComponents();
        foreach (var conv in new[] { conv1, conv2, conv3 })
        {
            init.kaiming_normal_(conv.weight, nonlinearity: init.NonlinearityType.Linear);
            init.zeros_(conv.bias);
        }
    }

    public override Tensor forward(Tensor x)
    {
        x = functional.relu(conv1.forward(x));
        x = pool.forward(functional.relu(conv2.forward(x)));
        x = pool.forward(functional.relu(conv3.forward(x)));
        return quarter.forward(x.flatten(1));
    }
}

internal static class Program
{
    private const int Size = 8;

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        using var net = new CrackNet();
        net.to(run.Device);
        var optimizer = optim.SGD(net.parameters(), learningRate: 0.03, momentum: 0.9);
        var right = 0f;
        for (var step = 1; step <= 120; step++)
        {
            using var scope = NewDisposeScope();
            var quarters = randint(0, 4, new long[] { 32 }, device: run.Device);
            var cracks = functional.one_hot(quarters, 4).to(float32).view(32, 1, 2, 2);
            var plates = functional.interpolate(cracks, new long[] { Size, Size }) * rand(32, 1, Size, Size, device: run.Device).lt(0.4);
            var output = net.forward(plates + 0.4 * randn(32, 1, Size, Size, device: run.Device));
            var loss = functional.cross_entropy(output, quarters);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            right += output.argmax(1).eq(quarters).to(float32).mean().item<float>() / 10;
            if (step % 10 != 0) continue;
            run.Log(step, loss.item<float>(), right);
            right = 0;
        }
    }
}
