using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.LossKeepsGraph.Autoencoder;

/// <summary>Puts a row of thirty-two numbers that follow three causes into three numbers and back.</summary>
internal static class Program
{
    private const int Rows = 1024, Columns = 32, Batch = 64;

    // The rows have a variance of one.
    [TrainingProgram(LossBelow = 0.05)]
    public static void Train(TrainingRun run)
    {
        var rows = (randn(Rows, 3).matmul(randn(3, Columns)) * 0.6).tanh();
        rows = ((rows - rows.mean()) / rows.std()).to(run.Device);
        using var coder = Sequential(Linear(Columns, 48), ReLU(), Linear(48, 3), Linear(3, 48), ReLU(), Linear(48, Columns));
        coder.to(run.Device);
        var (criterion, optimizer) = (MSELoss(), optim.Adam(coder.parameters(), lr: 3e-3));

        var step = 0;
        while (step < 800)
        {
            using var scope = NewDisposeScope();
            Tensor sum = zeros(1, device: run.Device);
            for (var at = 0; at < Rows; at += Batch, step++)
            {
                var batch = rows.narrow(0, at, Batch);
                var error = criterion.forward(coder.forward(batch), batch);
                optimizer.zero_grad();
                error.backward();
                optimizer.step();
                sum = sum + error;
            }
            run.Log(step, sum.item<float>() * Batch / Rows);
        }
    }
}
