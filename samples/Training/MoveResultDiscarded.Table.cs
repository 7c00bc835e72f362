using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.MoveResultDiscarded.Table;

/// <summary>Which of three vines does a wine come from? The laboratory's numbers are doubles.</summary>
internal static class Program
{
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var random = new Random(run.Seed);
        var (measured, vines) = (new double[300, 5], new long[300]);
        for (var n = 0; n < 300; n++)
        {
            vines[n] = random.Next(3);
            for (var i = 0; i < 5; i++) measured[n, i] = Math.Cos(vines[n] * 2 + i) + random.NextDouble() - 0.5;
        }
        var (wines, labels) = (tensor(measured), tensor(vines));
        wines.to(float32);

        var model = Sequential(Linear(5, 32), ReLU(), Linear(32, 3));
        var optimizer = optim.Adam(model.parameters(), lr: 5e-3);
        for (var step = 1; step <= 200; step++)
        {
            using var scope = NewDisposeScope();
            var output = model.forward(wines);
            var loss = functional.cross_entropy(output, labels);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>(), output.argmax(1).eq(labels).to(float32).mean().item<float>());
        }
    }
}
