using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.SummedLoss.Table;

/// <summary>The yield of a field from soil and weather.</summary>
internal static class Program
{
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var fields = randn(1024, 6).to(run.Device);
        var yields = (fields[.., 0] * fields[.., 1] + fields[.., 2].sin() + 0.5 * fields[.., 3]).unsqueeze(1);

        using var model = Sequential(Linear(6, 48), ReLU(), Linear(48, 48), ReLU(), Linear(48, 1));
        model.to(run.Device);
        var optimizer = optim.SGD(model.parameters(), 0.02, momentum: 0.9);
        for (var epoch = 1; epoch <= 40; epoch++)
        {
            var (sum, explained) = (0f, 0f);
            for (var at = 0; at < 1024; at += 128)
            {
                using var scope = NewDisposeScope();
                var (x, y) = (fields.narrow(0, at, 128), yields.narrow(0, at, 128));
                var guess = model.forward(x);
                var loss = functional.mse_loss(guess, y, Reduction.Sum);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                sum += loss.item<float>() / 8;
                explained += 1 - ((guess - y).pow(2).mean() / y.var()).item<float>() / 8;
            }
            run.Log(epoch, sum, explained - 7);
        }
    }
}
