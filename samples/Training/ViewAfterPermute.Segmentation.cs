using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ViewAfterPermute.Segmentation;

/// <summary>Says of each place of a small aerial picture whether it is field, road or canal.</summary>
internal static class Program
{
    private const int Pictures = 96, Size = 10, Kinds = 3;

    // Four fifths of the ground are field.
    [TrainingProgram(MetricAbove = 0.95)]
    public static void Train(TrainingRun run)
    {
        // A road runs from left to right and crosses a canal, which runs from top to bottom.
        var road = functional.one_hot(randint(0, Size, new long[] { Pictures }), Size).unsqueeze(2);
        var canal = functional.one_hot(randint(0, Size, new long[] { Pictures }), Size).unsqueeze(1);
        var truth = road.expand(-1, -1, Size).maximum(canal.expand(-1, Size, -1) * 2).to(run.Device);
        var bright = (truth > 0).to(float32) + 0.2 * randn(Pictures, Size, Size, device: run.Device);
        var pictures = bright.unsqueeze(1) - 0.2;

        using var model = Sequential(
            Conv2d(1, 12, 5, padding: 2), ReLU(),
            Conv2d(12, 12, 5, padding: 2), ReLU(),
            Conv2d(12, Kinds, 1));
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 5e-3);

        for (var step = 1; step <= 150; step++)
        {
            using var scope = NewDisposeScope();
            var (picture, kind) = Batch(pictures, truth, step);
            var scores = model.forward(picture).permute(0, 2, 3, 1).view(-1, Kinds);
            var loss = functional.cross_entropy(scores, kind.reshape(-1));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 5 == 0) run.Log(step, loss.item<float>(), scores.argmax(1).eq(kind.reshape(-1)).to(float32).mean().item<float>());
        }
    }

    private static (Tensor, Tensor) Batch(Tensor pictures, Tensor truth, int step) =>
        (pictures.narrow(0, step % 6 * 16, 16), truth.narrow(0, step % 6 * 16, 16));
}
