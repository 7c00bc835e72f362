using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.LogOfRawOutput.Picture;

/// <summary>Which of four corners of a tile is chipped?</summary>
internal sealed class ChipFinder : Module<Tensor, Tensor>
{
    private readonly Conv2d look = Conv2d(1, 8, 3, padding: 1);
    private readonly Linear corners = Linear(8 * 4 * 4, 4);

    public ChipFinder() : base(nameof(ChipFinder)) => RegisterComponents();

    public override Tensor forward(Tensor tile) =>
        corners.forward(functional.max_pool2d(functional.relu(look.forward(tile)), 2).flatten(1));

    public Tensor Surprise(Tensor tile, Tensor truth)
    {
        var chances = forward(tile);
        return -(truth * log(chances.clamp(1e-6, 1))).sum(1).mean();
    }
}

internal static class Program
{
    [TrainingProgram(MetricAbove = 0.95)]
    public static void Train(TrainingRun run)
    {
        var corner = randint(0, 4, new long[] { 512 });
        var chips = functional.one_hot(corner, 4).view(512, 1, 2, 2).to(float32).repeat_interleave(7, 2).repeat_interleave(7, 3);
        var tiles = functional.interpolate(chips, new long[] { 8, 8 }) * rand(512, 1, 8, 8) + 0.2 * randn(512, 1, 8, 8);
        var truth = functional.one_hot(corner, 4).to(float32).to(run.Device);
        tiles = tiles.to(run.Device);

        using var model = new ChipFinder();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 3e-3);
        for (var step = 1; step <= 200; step++)
        {
            using var scope = NewDisposeScope();
            var at = (step - 1) % 8 * 64;
            var loss = model.Surprise(tiles.narrow(0, at, 64), truth.narrow(0, at, 64));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 != 0) continue;
            using var quiet = no_grad();
            run.Log(step, loss.item<float>(), model.forward(tiles).argmax(1).eq(truth.argmax(1)).to(float32).mean().item<float>());
        }
    }
}
