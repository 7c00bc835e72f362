using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.MissingBias.Segmentation;

/// <summary>Marks where a thermal picture is hotter than forty degrees.</summary>
internal sealed class HotSpots : Module<Tensor, Tensor>
{
    private readonly Conv2d[] stack;
    private readonly Conv2d mask;

    public HotSpots(int width = 16) : base(nameof(HotSpots))
    {
        stack = [Conv2d(1, width, 3, padding: 1, bias: false), Conv2d(width, width, 3, padding: 1, bias: false)];
        mask = Conv2d(width, 1, 3, padding: 1, bias: false);
        register_module("first", stack[0]);
        register_module("second", stack[1]);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        foreach (var layer in stack) x = functional.leaky_relu(layer.forward(x), 0.1);
        return mask.forward(x);
    }
}

internal static class Program
{
    private static Tensor Wave(int count, long rows, long columns)
    {
        var at = arange(0, 12).to(float32).view(1, rows, columns);
        return (at * (0.2 + 0.4 * rand(count, 1, 1)) + 6.28 * rand(count, 1, 1)).sin();
    }

    [TrainingProgram(MetricAbove = 0.8)]
    public static void Train(TrainingRun run)
    {
        // Around thirty degrees, and a camera that is wrong by two.
        var heat = (30 + 10 * (Wave(256, 12, 1) + Wave(256, 1, 12))).unsqueeze(1);
        var pictures = ((heat + 2 * randn(256, 1, 12, 12) - 30) / 10).to(run.Device);
        var hot = heat.gt(40).to(run.Device);

        using var model = new HotSpots();
        model.to(run.Device);
        var criterion = BCEWithLogitsLoss();
        var optimizer = optim.RMSProp(model.parameters(), 2e-3);
        for (var step = 1; step <= 300; step++)
        {
            using var scope = NewDisposeScope();
            var batch = randint(0, 256, new long[] { 16 }, device: run.Device);
            var (found, truth) = (model.forward(pictures.index_select(0, batch)), hot.index_select(0, batch));
            var loss = criterion.forward(found, truth.to(float32));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 != 0) continue;
            var (both, either) = (found.gt(0).logical_and(truth).sum().item<long>(), found.gt(0).logical_or(truth).sum().item<long>());
            run.Log(step, loss.item<float>(), both / (double)either);
        }
    }
}
