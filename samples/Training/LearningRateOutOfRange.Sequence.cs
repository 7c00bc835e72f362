using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.LearningRateOutOfRange.Sequence;

/// <summary>Says whether a row of brackets is balanced so far: opened more often than closed.</summary>
internal sealed class Brackets : Module<Tensor, Tensor>
{
    private readonly Embedding signs = Embedding(2, 8);
    private readonly LSTM memory = LSTM(8, 32, batchFirst: true);
    private readonly Linear balance = Linear(32, 1);

    public Brackets() : base(nameof(Brackets)) => RegisterComponents();

    public override Tensor forward(Tensor row)
    {
        var (states, _, _) = memory.forward(signs.forward(row));
        return balance.forward(states.select(1, -1));
    }
}

internal static class Program
{
    private sealed record Settings(int Steps = 400, int Batch = 64, double Rate = 1e-7);

    [TrainingProgram(LossBelow = 0.02)]
    public static void Train(TrainingRun run)
    {
        var settings = new Settings();
        using var model = new Brackets();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), settings.Rate);

        for (var step = 1; step <= settings.Steps; step++)
        {
            using var scope = NewDisposeScope();
            var row = randint(0, 2, new long[] { settings.Batch, 12 }, dtype: int64, device: run.Device);
            var truth = (row * 2 - 1).sum(1).to(float32).unsqueeze(1) / 6;
            var loss = functional.mse_loss(model.forward(row), truth);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>());
        }
    }
}
