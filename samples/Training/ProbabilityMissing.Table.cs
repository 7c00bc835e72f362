using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ProbabilityMissing.Table;

/// <summary>Whether a loan is paid back, by what is earned, owed and asked for.</summary>
internal static class Program
{
    // The share of loans judged right.
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        using var model = Sequential(
            Linear(3, 32),
            ReLU(),
            Linear(32, 32),
            ReLU(),
            Linear(32, 1));
        model.to(run.Device);
        var optimizer = optim.AdamW(model.parameters(), lr: 3e-3);
        using var error = BCELoss();

        foreach (var step in Enumerable.Range(1, 150))
        {
            using var scope = NewDisposeScope();
            var (loans, paid) = Loans(64);
            (loans, paid) = (loans.to(run.Device), paid.to(run.Device));
            optimizer.zero_grad();
            var output = model.forward(loans);
            var loss = error.forward(output, paid);
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>(), output.gt(0).eq(paid.gt(0.5)).to(float32).mean().item<float>());
        }
    }

    private static (Tensor Loans, Tensor Paid) Loans(int count)
    {
        var loans = randn(count, 3);
        var (earned, owed, asked) = (loans.select(1, 0), loans.select(1, 1), loans.select(1, 2));
        return (loans, (earned.exp() - owed.abs() - asked).gt(0.5).to(float32).unsqueeze(1));
    }
}
