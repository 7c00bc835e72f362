using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.AscendingLoss.Segmentation;

/// <summary>Marks the bright squares on a noisy ground.</summary>
internal sealed class Marker : Module<Tensor, Tensor>
{
    private readonly Conv2d see = Conv2d(1, 12, 5, padding: 2), join = Conv2d(12, 12, 3, padding: 1), mark = Conv2d(12, 1, 1);

    public Marker() : base(nameof(Marker)) => RegisterComponents();

    public override Tensor forward(Tensor x) => mark.forward(join.forward(see.forward(x).relu()).relu());
}

internal static class Program
{
    [TrainingProgram(MetricAbove = 0.93)]
    public static void Train(TrainingRun run)
    {
        using var marker = new Marker();
        marker.to(run.Device);
        var optimizer = optim.Adam(marker.parameters(), lr: 3e-3, maximize: true);
        var criterion = BCEWithLogitsLoss();
        for (var step = 1; step <= 300; step++)
        {
            using var scope = NewDisposeScope();
            var (pictures, squares) = Paint(16, 12, run.Device);
            var marks = marker.forward(pictures);
            var loss = criterion.forward(marks, squares);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>(), marks.gt(0).eq(squares.gt(0.5)).to(float32).mean().item<float>());
        }
    }

    /// <summary>A square of six by six in each picture: a quarter of it.</summary>
    private static (Tensor Pictures, Tensor Squares) Paint(int count, int size, Device device)
    {
        var line = arange(size, device: device).view(1, 1, size);
        var top = randint(0, 7, new long[] { count, 1, 1 }, device: device);
        var left = randint(0, 7, new long[] { count, 1, 1 }, device: device);
        var rows = line.ge(top).logical_and(line.lt(top + 6)).to(float32).transpose(1, 2);
        var columns = line.ge(left).logical_and(line.lt(left + 6)).to(float32);
        var squares = rows.matmul(columns).unsqueeze(1);
        return (squares + 0.6 * randn_like(squares), squares);
    }
}
