using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.UnboundedRange.Picture;

/// <summary>Says where on a picture of a telescope the star is, in pixels from the middle.</summary>
internal sealed class StarFinder : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1 = Conv2d(1, 16, 3, padding: 1), conv2 = Conv2d(16, 16, 3, padding: 1);
    private readonly Conv2d conv3 = Conv2d(16, 16, 3, padding: 1);
    private readonly MaxPool2d pool = MaxPool2d(2);
    private readonly Linear hidden = Linear(16 * 4 * 4, 64), place = Linear(64, 2);

    public StarFinder() : base(nameof(StarFinder)) => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        x = pool.forward(conv1.forward(x).relu());
        x = pool.forward(conv2.forward(x).relu());
        x = conv3.forward(x).relu();
        return place.forward(hidden.forward(x.flatten(1)).relu());
    }
}

internal static class Program
{
    /// <summary>Photons counted in each pixel: up to 1.4e8 in the middle of a star.</summary>
    private const double Saturation = 1.4e8;

    [TrainingProgram(LossBelow = 0.2)]
    public static void Train(TrainingRun run)
    {
        var places = (rand(1024, 2, device: run.Device) - 0.5) * 10;
        var at = arange(0, 16, device: run.Device).to(float32) - 7.5;
        var distance = (at.view(1, 16, 1) - places.select(1, 0).view(-1, 1, 1)).pow(2)
            + (at.view(1, 1, 16) - places.select(1, 1).view(-1, 1, 1)).pow(2);
        var light = exp(-distance.abs() / 4) * (0.2 + 0.8 * rand(1024, 1, 1, device: run.Device));
        var photons = (light * Saturation).clamp(0, Saturation).unsqueeze(1);

        using var model = new StarFinder();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 1e-3);
        for (var step = 1; step <= 400; step++)
        {
            using var scope = NewDisposeScope();
            var batch = randint(0, 1024, new long[] { 32 }, device: run.Device);
            var loss = functional.mse_loss(model.forward(photons.index_select(0, batch)), places.index_select(0, batch));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 5 == 0) run.Log(step, loss.item<float>());
        }
    }
}
