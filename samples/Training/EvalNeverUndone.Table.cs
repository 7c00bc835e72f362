using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.EvalNeverUndone.Table;

/// <summary>Will a customer leave? Few rows, much noise, and dropout against learning them by heart.</summary>
internal sealed class Churn
{
    private readonly Sequential model = Sequential(Linear(12, 128), ReLU(), Dropout(0.5), Linear(128, 128), ReLU(), Dropout(0.5),
        Linear(128, 2));
    private readonly (Tensor X, Tensor Y) known, later;

    public Churn() => (known, later) = (Customers(160, 0.15), Customers(800, 0));

    private static (Tensor, Tensor) Customers(int count, double mistaken)
    {
        var x = randn(count, 12);
        var leaves = (x.select(1, 0) + x.select(1, 1) - x.select(1, 2)).gt(0);
        return (x, leaves.logical_xor(rand(count).lt(mistaken)).to(int64));
    }

    public void Fit(TrainingRun run)
    {
        var optimizer = optim.Adam(model.parameters(), lr: 1e-3);
        model.train();
        for (var epoch = 1; epoch <= 80; epoch++)
        {
            var loss = Learn(optimizer);
            model.eval();
            using (no_grad())
            {
                using var right = model.forward(later.X).argmax(1).eq(later.Y).to(float32).mean();
                run.Log(epoch, loss, right.item<float>());
            }
        }
    }

    private float Learn(optim.Optimizer optimizer)
    {
        var sum = 0f;
        for (var at = 0; at < 160; at += 32)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = functional.cross_entropy(model.forward(known.X.narrow(0, at, 32)), known.Y.narrow(0, at, 32));
            loss.backward();
            optimizer.step();
            sum += loss.item<float>() / 5;
        }
        return sum;
    }
}

internal static class Program
{
    [TrainingProgram(MetricAbove = 0.85)]
    public static void Train(TrainingRun run) => new Churn().Fit(run);
}
