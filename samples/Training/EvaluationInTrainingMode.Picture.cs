using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.EvaluationInTrainingMode.Picture;

/// <summary>Tells three kinds of leaves apart by how dense their veins are; the test counts each kind's hits by itself.</summary>
internal sealed class LeafNet : Module<Tensor, Tensor>
{
    private readonly Sequential layers = Sequential(
        Conv2d(1, 8, 3, padding: 1), BatchNorm2d(8), ReLU(), MaxPool2d(2),
        Conv2d(8, 16, 3, padding: 1), BatchNorm2d(16), ReLU(), AdaptiveAvgPool2d(1), Flatten(), Linear(16, 3));

    public LeafNet() : base(nameof(LeafNet)) => RegisterComponents();

    public override Tensor forward(Tensor x) => layers.forward(x);
}

internal static class Program
{
    private const int Size = 12, Kinds = 3;

    private static Tensor Leaves(int kind, int count, Random random)
    {
        var pixels = new float[count * Size * Size];
        for (var n = 0; n < count; n++)
        {
            var (shift, slope) = (random.NextDouble() * 9, random.NextDouble());
            for (var i = 0; i < Size * Size; i++)
                pixels[n * Size * Size + i] = (float)(Math.Sin((i % Size + slope * (i / Size)) * (0.7 + 0.6 * kind) + shift)
                    + 0.8 * (random.NextDouble() - 0.5));
        }
        return tensor(pixels).view(count, 1, Size, Size);
    }

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var random = new Random(run.Seed);
        var pictures = cat(Enumerable.Range(0, Kinds).Select(k => Leaves(k, 128, random)).ToArray());
        var labels = arange(Kinds * 128, dtype: int64).div(128, RoundingMode.floor).to(int64);
        var tests = Enumerable.Range(0, Kinds).Select(k => (Kind: (long)k, Pictures: Leaves(k, 40, random))).ToList();
        var net = new LeafNet();
        var optimizer = optim.Adam(net.parameters(), lr: 5e-3);
        for (var epoch = 1; epoch <= 12; epoch++)
        {
            net.train();
            using var all = NewDisposeScope();
            var (order, last) = (randperm(Kinds * 128), 0f);
            foreach (var part in order.split(32))
            {
                var loss = functional.cross_entropy(net.forward(pictures[part]), labels[part]);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                last = loss.item<float>();
            }
            var hits = 0L;
            using (no_grad())
                foreach (var (kind, leaves) in tests)
                    hits += net.forward(leaves).argmax(1).eq(kind).sum().item<long>();
            run.Log(epoch, last, hits / (Kinds * 40.0));
        }
    }
}
