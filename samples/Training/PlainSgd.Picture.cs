using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.PlainSgd.Picture;

/// <summary>Tells four orientations of stripes apart, in noise.</summary>
internal sealed class StripeNet : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1 = Conv2d(1, 8, 3, padding: 1);
    private readonly Conv2d conv2 = Conv2d(8, 16, 3, padding: 1);
    private readonly MaxPool2d pool = MaxPool2d(2);
    private readonly Linear output = Linear(16 * 4 * 4, 4);

    public StripeNet() : base(nameof(StripeNet)) => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        x = pool.forward(conv1.forward(x).relu());
        x = pool.forward(conv2.forward(x).relu());
        return output.forward(x.flatten(1));
    }
}

internal static class Program
{
    private static (Tensor Pictures, Tensor Kinds) Stripes(int count)
    {
        var kinds = randint(0, 4, count, dtype: int64);
        var angle = kinds.to(float32).mul(MathF.PI / 4).reshape(-1, 1, 1);
        var at = arange(16, dtype: float32);
        var wave = (at.reshape(1, 1, 16) * angle.cos() + at.reshape(1, 16, 1) * angle.sin()) * 1.3f + rand(count, 1, 1) * 6.28f;
        return ((wave.sin() + randn(count, 16, 16) * 0.8f).unsqueeze(1), kinds);
    }

    [TrainingProgram(MetricAbove = 0.95)]
    public static void Train(TrainingRun run)
    {
        var (pictures, kinds) = Stripes(512);
        var (testPictures, testKinds) = Stripes(256);
        (pictures, kinds) = (pictures.to(run.Device), kinds.to(run.Device));
        (testPictures, testKinds) = (testPictures.to(run.Device), testKinds.to(run.Device));

        using var model = new StripeNet();
        model.to(run.Device);
        var optimizer = optim.SGD(model.parameters(), learningRate: 0.01);

        for (var step = 1; step <= 300; step++)
        {
            using var scope = NewDisposeScope();
            var rows = randint(0, 512, 32, device: run.Device);
            optimizer.zero_grad();
            var loss = functional.cross_entropy(model.forward(pictures.index_select(0, rows)), kinds.index_select(0, rows));
            loss.backward();
            optimizer.step();
            if (step % 20 != 0) continue;
            using var _ = no_grad();
            var right = model.forward(testPictures).argmax(1).eq(testKinds).to(float32).mean();
            run.Log(step, loss.item<float>(), right.item<float>());
        }
    }
}
