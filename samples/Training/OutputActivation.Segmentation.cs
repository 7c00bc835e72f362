using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.OutputActivation.Segmentation;

/// <summary>Tells water, field and forest apart on an aerial picture, pixel by pixel.</summary>
internal sealed class LandCover : Module<Tensor, Tensor>
{
    private readonly Conv2d near = Conv2d(3, 16, 3, padding: 1);
    private readonly Conv2d wide = Conv2d(16, 16, 3, padding: 1);
    private readonly Conv2d kinds = Conv2d(16, 3, 1);

    public LandCover() : base(nameof(LandCover)) => RegisterComponents();

    public override Tensor forward(Tensor picture)
    {
        var x = near.forward(picture).relu();
        x = wide.forward(x).relu();
        x = kinds.forward(x).relu();
        return x;
    }
}

internal static class Program
{
    /// <summary>A smooth landscape: water below, forest on the hills. Each has a colour, and the camera its noise.</summary>
    private static (Tensor, Tensor) Photograph(int count, Device device)
    {
        var at = arange(0, 12).to(float32);
        Tensor Wave() => (at.view(1, -1) * (0.2 + 0.4 * rand(count, 1)) + 6.28 * rand(count, 1)).sin();
        var height = Wave().unsqueeze(1) + Wave().unsqueeze(2);
        var land = height.gt(-0.5).to(int64) + height.gt(0.5).to(int64);
        var colours = tensor(new float[,] { { -1, 0, 1 }, { 1, 1, -1 }, { 0, -1, 0 } });
        var light = colours.index_select(0, land.flatten()).view(count, 12, 12, 3).permute(0, 3, 1, 2);
        return ((light + 0.6 * randn(count, 3, 12, 12)).to(device), land.to(device));
    }

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var (pictures, land) = Photograph(256, run.Device);
        using var model = new LandCover();
        model.to(run.Device);
        var criterion = CrossEntropyLoss();
        var optimizer = optim.RMSProp(model.parameters(), 1e-3);

        for (var step = 1; step <= 300; step++)
        {
            using var scope = NewDisposeScope();
            var batch = randint(0, 256, new long[] { 16 }, device: run.Device);
            var (scores, truth) = (model.forward(pictures.index_select(0, batch)), land.index_select(0, batch));
            var loss = criterion.forward(scores, truth);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>(), scores.argmax(1).eq(truth).to(float32).mean().item<float>());
        }
    }
}
