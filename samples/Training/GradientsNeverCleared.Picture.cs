using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.GradientsNeverCleared.Picture;

/// <summary>Tells which way the stripes of a small noisy picture run: across, down, or along one of the diagonals.</summary>
internal sealed class StripeNet : Module<Tensor, Tensor>
{
    private readonly Conv2d edges = Conv2d(1, 12, 3, padding: 1), parts = Conv2d(12, 24, 3, padding: 1);
    private readonly Linear way = Linear(24 * 2 * 2, 4);

    public StripeNet() : base(nameof(StripeNet)) => RegisterComponents();

    public override Tensor forward(Tensor picture)
    {
        var x = functional.max_pool2d(edges.forward(picture).relu(), 2);
        x = functional.max_pool2d(parts.forward(x).relu(), 2);
        return way.forward(x.flatten(1));
    }
}

internal sealed class Trainer
{
    private readonly StripeNet _model = new();
    private readonly optim.Optimizer _optimizer;
    private readonly Device _device;

    public Trainer(Device device)
    {
        _device = device;
        _model.to(device);
        _optimizer = optim.SGD(_model.parameters(), learningRate: 0.02, momentum: 0.9);
    }

    /// <summary>Returns the loss, and how many pictures of a batch are told right.</summary>
    public (double Loss, double Right) Step()
    {
        using var scope = NewDisposeScope();
        var (pictures, ways) = Draw(64);
        var scores = _model.forward(pictures);
        var loss = functional.cross_entropy(scores, ways);
        loss.backward();
        _optimizer.step();
        return (loss.item<float>(), scores.argmax(1).eq(ways).to(float32).mean().item<float>());
    }

    private (Tensor Pictures, Tensor Ways) Draw(int count)
    {
        var line = arange(8, dtype: float32, device: _device);
        var (row, column) = (line.unsqueeze(1).expand(8, 8), line.unsqueeze(0).expand(8, 8));
        var along = stack(new[] { row, column, row + column, row - column });
        var ways = randint(0, 4, new long[] { count }, device: _device);
        var waves = (1.6 * along.index_select(0, ways) + 6.28 * rand(count, 1, 1, device: _device)).sin();
        return ((waves + 0.7 * randn(count, 8, 8, device: _device)).unsqueeze(1), ways);
    }
}

internal static class Program
{
    [TrainingProgram(MetricAbove = 0.95)]
    public static void Train(TrainingRun run)
    {
        var trainer = new Trainer(run.Device);
        var right = 0.0;
        for (var step = 1; step <= 400; step++)
        {
            var result = trainer.Step();
            right += result.Right / 20;
            if (step % 20 != 0) continue;
            run.Log(step, result.Loss, right);
            right = 0;
        }
    }
}
