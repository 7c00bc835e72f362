using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.FlattenMergesBatch.Autoencoder;

/// <summary>Keeps a picture of a soft spot in eight numbers.</summary>
internal sealed class Squeezer : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> encode = Sequential(Linear(100, 48), ReLU(), Linear(48, 8));
    private readonly Module<Tensor, Tensor> decode = Sequential(Linear(8, 48), ReLU(), Linear(48, 100));

    public Squeezer() : base(nameof(Squeezer)) => RegisterComponents();

    public override Tensor forward(Tensor picture)
    {
        var code = Encode(picture);
        return decode.forward(code).view(picture.shape);
    }

    public Tensor Encode(Tensor picture)
    {
        var row = picture.flatten();
        return encode.forward(row);
    }
}

internal static class Program
{
    private const int Pictures = 256, Size = 10;

    // The pictures have a variance of one.
    [TrainingProgram(LossBelow = 0.1)]
    public static void Train(TrainingRun run)
    {
        var pictures = Photograph().to(run.Device);
        using var model = new Squeezer();
        model.to(run.Device);
        var optimizer = optim.SGD(model.parameters(), 0.1, momentum: 0.9);
        for (var step = 1; step <= 500; step++)
        {
            using var scope = NewDisposeScope();
            var batch = pictures.index_select(0, randint(0, Pictures, new long[] { 32 }, device: run.Device));
            var loss = functional.mse_loss(model.forward(batch), batch);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>());
        }
    }

    private static Tensor Photograph()
    {
        var at = arange(Size, dtype: float32) - 4.5f;
        var (x, y) = (rand(Pictures, 1, 1, 1) * 6 - 3, rand(Pictures, 1, 1, 1) * 6 - 3);
        var spots = (-((at.reshape(1, 1, 1, Size) - x).pow(2) + (at.reshape(1, 1, Size, 1) - y).pow(2)) / 5).exp();
        return (spots - spots.mean()) / spots.std();
    }
}
