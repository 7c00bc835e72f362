using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.MissingNonlinearity.Table;

/// <summary>Sorts apples into three boxes by size, weight and how red they are.</summary>
internal static class Program
{
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        using var model = Sequential(
            Linear(3, 32),
            Linear(32, 3));
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 1e-2);
        for (var step = 1; step <= 200; step++)
        {
            using var scope = NewDisposeScope();
            var apples = randn(128, 3, device: run.Device);
            // Apples of middling size go into the second box, and of the rest the heavy red ones into the third.
            var (size, weight, red) = (apples.select(1, 0), apples.select(1, 1), apples.select(1, 2));
            var box = where(size.abs().lt(0.5), 1, 2 * (weight * red).gt(0.2).to(int64));
            var scores = model.forward(apples);
            var loss = functional.cross_entropy(scores, box);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>(), scores.argmax(1).eq(box).to(float32).mean().item<float>());
        }
    }
}
