using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.FlattenMergesBatch;

/// <summary>Finds the row of a bright line in a small picture.</summary>
internal sealed class LineNet : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> conv = Conv2d(1, 4, kernel_size: 3, padding: 1);
    private readonly Module<Tensor, Tensor> row = Linear(4 * 8 * 8, 1);

    public LineNet() : base(nameof(LineNet)) => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        x = functional.relu(conv.forward(x));
        return row.forward(x.flatten());
    }
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.01)]
    public static void Train(TrainingRun run)
    {
        var rows = randint(0, 8, new long[] { 64 });
        var pictures = (functional.one_hot(rows, 8).to(float32).view(64, 1, 8, 1) + 0.1 * randn(64, 1, 8, 8)).to(run.Device);
        var targets = (rows.to(float32).view(64, 1) / 4 - 1).to(run.Device);

        using var model = new LineNet();
        model.to(run.Device);
        var loss = MSELoss();
        var optimizer = optim.Adam(model.parameters(), lr: 5e-3);

        for (var step = 1; step <= 200; step++)
        {
            using var scope = NewDisposeScope();
            var error = loss.forward(model.forward(pictures), targets);
            optimizer.zero_grad();
            error.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, error.item<float>());
        }
    }
}
