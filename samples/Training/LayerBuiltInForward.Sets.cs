using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.LayerBuiltInForward.Sets;

/// <summary>Weighs ten points together, whatever their order: how far they are spread.</summary>
internal sealed class Cloud : Module<Tensor, Tensor>
{
    private readonly Linear _one = Linear(2, 32), _all = Linear(32, 32), _spread = Linear(32, 1);

    public Cloud() : base(nameof(Cloud)) => RegisterComponents();

    public override Tensor forward(Tensor points)
    {
        var each = functional.relu(_one.forward(points));
        var more = Linear(32, 32);
        each = functional.relu(more.forward(each));
        var together = each.mean(new[] { 1L });
        return _spread.forward(functional.relu(_all.forward(together)));
    }
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.15)]
    public static void Train(TrainingRun run)
    {
        using var cloud = new Cloud();
        cloud.to(run.Device);
        var optimizer = optim.Adam(cloud.parameters(), 3e-3);
        double mean = 1;
        for (var step = 1; step <= 1000; step++)
        {
            using var scope = NewDisposeScope();
            var points = (0.2 + rand(64, 1, 1, device: run.Device)) * randn(64, 10, 2, device: run.Device)
                + randn(64, 1, 2, device: run.Device);
            var spread = points.std(1).mean(new[] { 1L }, keepdim: true);
            var loss = functional.mse_loss(cloud.forward(points), (spread - 0.68) / 0.31);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            mean += 0.05 * (loss.item<float>() - mean);
            if (step % 25 == 0) run.Log(step, mean);
        }
    }
}
