using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.NormalizedTwice.Table;

/// <summary>Whether a cow is ill, by its temperature, its steps of the day and the litres of milk it gave.</summary>
internal static class Program
{
    private const int Cows = 600;

    // The share of cows judged right; a third of them is ill.
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var (heat, steps, milk) = (38.6 + 0.5 * randn(Cows), 3000 + 800 * randn(Cows), 25 + 6 * randn(Cows));
        var ill = ((heat - 38.6).abs().gt(0.6) | (steps.lt(2600) & milk.lt(24))).to(float32).unsqueeze(1).to(run.Device);
        var cows = stack(new[] { heat, steps, milk }, 1).to(float32).to(run.Device);
        var (mean, deviation) = (cows.mean(new[] { 0L }), cows.std(new[] { 0L }));
        cows = (cows - mean) / deviation;

        using var model = Sequential(Linear(3, 48), ReLU(), Linear(48, 48), ReLU(), Linear(48, 1));
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 5e-3);
        for (var epoch = 1; epoch <= 20; epoch++)
        {
            var (sum, right) = (0f, 0L);
            for (var first = 0; first < Cows; first += 60)
            {
                using var scope = NewDisposeScope();
                var judged = ill.narrow(0, first, 60);
                var output = model.forward((cows.narrow(0, first, 60) - mean) / deviation);
                var loss = functional.binary_cross_entropy_with_logits(output, judged);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                sum += loss.item<float>() / 10;
                right += output.gt(0).eq(judged.gt(0.5)).sum().item<long>();
            }
            run.Log(epoch * 10, sum, right / (double)Cows);
        }
    }
}
