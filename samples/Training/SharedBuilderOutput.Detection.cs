using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.SharedBuilderOutput.Detection;

/// <summary>Puts a box around the ship on a radar picture: its middle and its size, relative to the usual ones.</summary>
internal sealed class ShipFinder : Module<Tensor, Tensor>
{
    private readonly Sequential radar = Sequential(
        Conv2d(1, 8, 3, padding: 1), ReLU(), MaxPool2d(2),
        Conv2d(8, 16, 3, padding: 1), ReLU(), Flatten());
    private readonly Sequential neck = Dense(16 * 6 * 6, 64);
    private readonly Sequential box = Dense(64, 4);

    public ShipFinder() : base(nameof(ShipFinder)) => RegisterComponents();

    private static Sequential Dense(int from, int to, bool activate = true)
    {
        var layer = Sequential(Linear(from, to));
        if (activate) layer.append(ReLU());
        return layer;
    }

    public override Tensor forward(Tensor picture)
    {
        var features = radar.forward(picture);
        return box.forward(neck.forward(features));
    }
}

internal static class Program
{
    /// <summary>Boxes are spread evenly, with a variance of 1 in each of the four numbers.</summary>
    private static (Tensor Pictures, Tensor Boxes) Scan(int count)
    {
        var boxes = (rand(count, 4) * 2 - 1) * 1.73f;
        Tensor Number(int index) => boxes.select(1, index).view(-1, 1, 1);
        var at = arange(0, 12).to(float32) - 5.5;
        var across = Number(2) + 4 - (at.view(1, 1, -1) - Number(0) * 1.5).abs() * 2;
        var along = Number(3) + 4 - (at.view(1, -1, 1) - Number(1) * 1.5).abs() * 2;
        var echo = (across * 2).sigmoid() * (along * 2).sigmoid();
        return ((echo + 0.05 * randn(count, 12, 12)).unsqueeze(1), boxes);
    }

    [TrainingProgram(LossBelow = 0.05)]
    public static void Train(TrainingRun run)
    {
        var (pictures, boxes) = Scan(512);
        (pictures, boxes) = (pictures.to(run.Device), boxes.to(run.Device));
        using var model = new ShipFinder();
        model.to(run.Device);
        var loss = SmoothL1Loss();
        var optimizer = optim.RMSProp(model.parameters(), 1e-3);

        for (var step = 1; step <= 400; step++)
        {
            using var scope = NewDisposeScope();
            var rows = randint(0, 512, new long[] { 32 }, device: run.Device);
            var error = loss.forward(model.forward(pictures.index_select(0, rows)), boxes.index_select(0, rows));
            optimizer.zero_grad();
            error.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, error.item<float>());
        }
    }
}
