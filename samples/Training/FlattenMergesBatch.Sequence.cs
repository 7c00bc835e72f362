using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.FlattenMergesBatch.Sequence;

/// <summary>Says how often a signal changes its sign.</summary>
internal sealed class CrossingCounter : Module<Tensor, Tensor>
{
    private readonly LSTM memory = LSTM(1, 16, batchFirst: true);
    private readonly Linear count;

    public CrossingCounter(int length) : base(nameof(CrossingCounter))
    {
        count = Linear(length * 16, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor signal)
    {
        var (states, _, _) = memory.forward(signal);
        return count.forward(states.flatten());
    }
}

internal static class Program
{
    private const int Length = 12;

    // With a middle of 5.5 and a deviation of 1.66 the changes are scaled to a variance of one.
    [TrainingProgram(LossBelow = 0.1)]
    public static void Train(TrainingRun run)
    {
        using var model = new CrossingCounter(Length);
        model.to(run.Device);
        var optimizer = optim.RMSProp(model.parameters(), 8e-3);

        var average = 1.0;
        for (var step = 1; step <= 800; step++)
        {
            using var scope = NewDisposeScope();
            var signal = randn(64, Length, 1, device: run.Device);
            var changes = (signal.narrow(1, 1, Length - 1) * signal.narrow(1, 0, Length - 1) < 0).to(float32).sum(1);
            var loss = functional.mse_loss(model.forward(signal), (changes - 5.5f) / 1.66f);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            average = 0.9 * average + 0.1 * loss.item<float>();
            if (step % 10 == 0) run.Log(step, average);
        }
    }
}
