using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ActivationRepeatedByLoss.Segmentation;

/// <summary>Marks the rust on the picture of a plate.</summary>
internal sealed class RustNet : Module<Tensor, Tensor>
{
    private readonly Conv2d see = Conv2d(1, 16, 3, padding: 1), understand = Conv2d(16, 16, 3, padding: 1);
    private readonly MaxPool2d shrink = MaxPool2d(2);
    private readonly ConvTranspose2d grow = ConvTranspose2d(16, 8, 2, stride: 2);
    private readonly Conv2d mask = Conv2d(8, 1, 3, padding: 1);

    public RustNet() : base(nameof(RustNet)) => RegisterComponents();

    public override Tensor forward(Tensor plate)
    {
        var x = shrink.forward(functional.relu(see.forward(plate)));
        x = functional.relu(understand.forward(x));
        x = functional.relu(grow.forward(x));
        return functional.sigmoid(mask.forward(x));
    }
}

internal static class Program
{
    private static (Tensor Plates, Tensor Rust) Inspect(int count)
    {
        var at = arange(0, 12).to(float32);
        Tensor Distance() => (at.view(1, 1, -1) - 12 * rand(count, 1, 1)).pow(2) + (at.view(1, -1, 1) - 12 * rand(count, 1, 1)).pow(2);
        var rust = Distance().minimum(Distance()).lt(4 + 8 * rand(count, 1, 1)).to(float32).unsqueeze(1);
        return (rust + 0.3 * randn(count, 1, 12, 12), rust);
    }

    [TrainingProgram(LossBelow = 0.1)]
    public static void Train(TrainingRun run)
    {
        var (plates, rust) = Inspect(256);
        (plates, rust) = (plates.to(run.Device), rust.to(run.Device));
        using var model = new RustNet();
        model.to(run.Device);
        var criterion = BCEWithLogitsLoss();
        var optimizer = optim.RMSProp(model.parameters(), 1e-3);

        for (var step = 1; step <= 320; step++)
        {
            using var scope = NewDisposeScope();
            var batch = randint(0, 256, new long[] { 32 }, device: run.Device);
            var loss = criterion.forward(model.forward(plates.index_select(0, batch)), rust.index_select(0, batch));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>());
        }
    }
}
