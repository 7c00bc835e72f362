using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ReshapeForPermute;

/// <summary>Sorts fruit by colour from small pictures.</summary>
internal sealed class ColourNet : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> features = Sequential(
        Conv2d(3, 16, kernel_size: 3, padding: 1),
        ReLU(),
        Conv2d(16, 16, kernel_size: 3, padding: 1),
        ReLU(),
        AdaptiveAvgPool2d(1),
        Flatten());
    private readonly Module<Tensor, Tensor> head = Linear(16, 3);

    public ColourNet() : base(nameof(ColourNet)) => RegisterComponents();

    public override Tensor forward(Tensor pictures) => head.forward(features.forward(pictures));
}

internal static class Program
{
    private const int Count = 240, Size = 16;

    [TrainingProgram(MetricAbove = 0.95)]
    public static void Train(TrainingRun run)
    {
        // Cameras and picture libraries deliver height × width × channel; the network wants channel × height × width.
        var (pixels, colours) = Photograph(new Random(run.Seed));
        var pictures = tensor(pixels, [Count, Size, Size, 3]).to(run.Device);
        pictures = pictures.reshape(Count, 3, Size, Size);
        var labels = tensor(colours).to(run.Device);

        using var model = new ColourNet();
        model.to(run.Device);
        var loss = CrossEntropyLoss();
        var optimizer = optim.Adam(model.parameters(), lr: 1e-2);

        for (var step = 1; step <= 40; step++)
        {
            using var scope = NewDisposeScope();
            var logits = model.forward(pictures);
            var error = loss.forward(logits, labels);
            optimizer.zero_grad();
            error.backward();
            optimizer.step();
            run.Log(step, error.item<float>(), logits.argmax(1).eq(labels).to(float32).mean().item<float>());
        }
    }

    /// <summary>A bright disc in one of three colours, somewhere on a noisy table.</summary>
    private static (float[] Pixels, long[] Colours) Photograph(Random random)
    {
        var pixels = new float[Count * Size * Size * 3];
        var colours = new long[Count];
        for (var n = 0; n < Count; n++)
        {
            colours[n] = random.Next(3);
            var (row, column, radius) = (random.Next(4, 12), random.Next(4, 12), random.Next(2, 4));
            for (var y = 0; y < Size; y++)
                for (var x = 0; x < Size; x++)
                    for (var channel = 0; channel < 3; channel++)
                    {
                        var inside = (y - row) * (y - row) + (x - column) * (x - column) <= radius * radius;
                        pixels[((n * Size + y) * Size + x) * 3 + channel] = (inside && channel == colours[n] ? 0.9f : 0.2f)
                            + 0.1f * random.NextSingle();
                    }
        }
        return (pixels, colours);
    }
}
