using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ReshapeForPermute.Segmentation;

/// <summary>Divides a map of heights into valleys, slopes and hills, place by place.</summary>
internal sealed class MapNet : Module<Tensor, Tensor>
{
    private readonly Conv2d look = Conv2d(1, 12, 3, padding: 1);
    private readonly Conv2d compare = Conv2d(12, 12, 3, padding: 1);
    private readonly Conv2d decide = Conv2d(12, 3, 1);

    public MapNet() : base(nameof(MapNet)) => RegisterComponents();

    public override Tensor forward(Tensor map)
    {
        var x = functional.relu(look.forward(map));
        x = functional.relu(compare.forward(x));
        return decide.forward(x);
    }
}

internal static class Program
{
    private const int Maps = 128, Size = 12, Classes = 3;

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        // Three classes of about the same size, read with a little noise.
        var heights = functional.avg_pool2d(randn(Maps, 1, Size + 4, Size + 4), 5, stride: 1) * 5;
        var kinds = ((heights > -0.43).to(int64) + (heights > 0.43).to(int64)).reshape(Maps, Size * Size).to(run.Device);
        var maps = (heights + 0.05 * randn(Maps, 1, Size, Size)).to(run.Device);

        using var model = new MapNet();
        model.to(run.Device);
        var optimizer = optim.SGD(model.parameters(), learningRate: 0.1, momentum: 0.9);

        for (var step = 0; step < 200; step++)
        {
            using var scope = NewDisposeScope();
            var first = step % 8 * 16;
            var scores = model.forward(maps.narrow(0, first, 16));
            var pixels = scores.reshape(16, Size, Size, Classes).reshape(-1, Classes);
            var wanted = kinds.narrow(0, first, 16).reshape(-1);
            var loss = functional.cross_entropy(pixels, wanted);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 5 == 4) run.Log(step + 1, loss.item<float>(), pixels.argmax(1).eq(wanted).to(float32).mean().item<float>());
        }
    }
}
