using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ReshapeAbsorbsBatch.Detection;

/// <summary>Draws a box around the one bright thing in a picture: its middle, width and height.</summary>
internal sealed class BoxNet : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> down1 = Conv2d(1, 8, 3, stride: 2, padding: 1);
    private readonly Module<Tensor, Tensor> down2 = Conv2d(8, 16, 3, stride: 2, padding: 1);
    private readonly Module<Tensor, Tensor> hidden = Linear(16 * 12 * 12, 64);
    private readonly Module<Tensor, Tensor> box = Linear(64, 4);

    public BoxNet() : base(nameof(BoxNet)) => RegisterComponents();

    public override Tensor forward(Tensor picture)
    {
        var x = down1.forward(picture).relu();
        x = down2.forward(x).relu();
        x = x.view(-1, 16 * 12 * 12);
        return box.forward(hidden.forward(x).relu());
    }
}

internal static class Program
{
    private const int Size = 12, Count = 512;

    // The four numbers lie between -1 and 1; where all are guessed by their mean the loss is 0.17.
    [TrainingProgram(LossBelow = 0.015)]
    public static void Train(TrainingRun run)
    {
        var boxes = rand(Count, 4) * 2 - 1;
        var at = (arange(Size, dtype: float32) - 5.5f) / 5.5f;
        var (x, y) = (at.reshape(1, 1, Size), at.reshape(1, Size, 1));
        Tensor Side(int i) => boxes.select(1, i).reshape(Count, 1, 1);
        // With soft edges.
        var across = ((0.3f + 0.2f * Side(2) - (x - Side(0) * 0.5f).abs()) * 10).sigmoid();
        var down = ((0.3f + 0.2f * Side(3) - (y - Side(1) * 0.5f).abs()) * 10).sigmoid();
        var pictures = ((across * down).unsqueeze(1) + 0.02f * randn(Count, 1, Size, Size)).to(run.Device);
        boxes = boxes.to(run.Device);

        using var model = new BoxNet();
        model.to(run.Device);
        var criterion = SmoothL1Loss();
        var optimizer = optim.Adam(model.parameters(), lr: 2e-3);
        for (var epoch = 1; epoch <= 20; epoch++)
        {
            var sum = 0.0;
            foreach (var rows in randperm(Count, device: run.Device).split(16))
            {
                using var scope = NewDisposeScope();
                var loss = criterion.forward(model.forward(pictures.index_select(0, rows)), boxes.index_select(0, rows));
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                sum += loss.item<float>() * 16 / Count;
            }
            run.Log(epoch, sum);
        }
    }
}
