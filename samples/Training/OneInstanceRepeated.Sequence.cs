using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.OneInstanceRepeated.Sequence;

/// <summary>Adds up two binary numbers whose digits stand beside each other, the lowest first.</summary>
internal static class Program
{
    private const int Digits = 5, Size = 32;

    private static Module<Tensor, Tensor> Adder(int depth)
    {
        var layers = new List<Module<Tensor, Tensor>> { Linear(2 * Digits, Size), ReLU() };
        var hidden = Linear(Size, Size);
        for (var i = 0; i < depth; i++)
        {
            layers.Add(hidden);
            layers.Add(ReLU());
        }
        layers.Add(Linear(Size, Digits + 1));
        return Sequential(layers);
    }

    // The share of sums of which every digit is right.
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        using var adder = Adder(depth: 3);
        adder.to(run.Device);
        var optimizer = optim.Adam(adder.parameters(), lr: 5e-3);
        for (var step = 1; step <= 1500; step++)
        {
            using var scope = NewDisposeScope();
            var numbers = randint(0, 1 << Digits, new long[] { 128, 2 }, device: run.Device);
            var digits = Bits(numbers, Digits).to(float32).flatten(1);
            var sum = Bits(numbers.sum(1), Digits + 1).to(float32);
            var output = adder.forward(digits * 2 - 1);
            var loss = functional.binary_cross_entropy_with_logits(output, sum);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 50 == 0) run.Log(step, loss.item<float>(), output.gt(0).eq(sum.gt(0.5)).all(1).to(float32).mean().item<float>());
        }
    }

    private static Tensor Bits(Tensor numbers, int count) =>
        stack(Enumerable.Range(0, count).Select(bit => numbers.div(1L << bit, RoundingMode.floor).remainder(2)), -1);
}
