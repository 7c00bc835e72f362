using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;

namespace NnAnalyzers.Samples.ComponentsNotRegistered.Segmentation;

/// <summary>What is around a pixel.</summary>
internal sealed class Surroundings : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> wide;

    public Surroundings(int seen, int kept) : base("Surroundings")
    {
        wide = nn.Conv2d(seen, kept, 5, padding: 2);
    }

    public override Tensor forward(Tensor x) => nn.functional.leaky_relu(wide.forward(x), 0.1);
}

/// <summary>Marks the upright strokes of a drawing that has lying ones as well.</summary>
internal static class Program
{
    private const int Size = 12, Count = 256, Batch = 16;

    // Twice the pixels found, of all that are marked or should be.
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var upright = Strokes(5, 1).to(run.Device);
        var drawings = (upright + Strokes(1, 5).to(run.Device)).clamp(max: 1);
        drawings = drawings + 0.1 * randn_like(drawings);

        using var network = nn.Sequential(
            ("near", new Surroundings(1, 12)), ("far", new Surroundings(12, 12)), ("mark", nn.Conv2d(12, 1, 1)));
        network.to(run.Device);
        var optimizer = optim.AdamW(network.parameters(), lr: 1e-2);
        for (var epoch = 1; epoch <= 8; epoch++)
        {
            var (sum, both, all) = (0.0, 0L, 0L);
            for (var first = 0; first < Count; first += Batch)
            {
                using var scope = NewDisposeScope();
                var right = upright.narrow(0, first, Batch);
                var marks = network.forward(drawings.narrow(0, first, Batch));
                var loss = nn.functional.binary_cross_entropy_with_logits(marks, right);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                sum += loss.item<float>() * Batch / Count;
                both += 2 * marks.gt(0).logical_and(right.gt(0.5)).sum().item<long>();
                all += marks.gt(0).sum().item<long>() + right.gt(0.5).sum().item<long>();
            }
            run.Log(epoch * Count / Batch, sum, (double)both / all);
        }
    }

    private static Tensor Strokes(int high, int wide) => nn.functional.max_pool2d(
        rand(Count, 1, Size, Size).lt(0.03).to(float32), new long[] { high, wide }, new long[] { 1, 1 },
        new long[] { high / 2, wide / 2 });
}
