using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.MoveResultDiscarded.Sequence;

/// <summary>Foretells the tide a step ahead; heights come from a table of doubles.</summary>
internal sealed class Tide : Module<Tensor, Tensor>
{
    private readonly LSTM memory = LSTM(1, 24, batchFirst: true);
    private readonly Linear height = Linear(24, 1);

    public Tide() : base(nameof(Tide)) => RegisterComponents();

    public override Tensor forward(Tensor hours)
    {
        var (states, _, _) = memory.forward(hours);
        return height.forward(states.select(1, -1));
    }
}

internal sealed class Harbour
{
    private readonly Tensor windows, next;
    private readonly Tide tide = new();

    public Harbour(Random random)
    {
        var (before, after) = (new float[256, 20, 1], new double[256, 1]);
        for (var n = 0; n < 256; n++)
        {
            var start = random.NextDouble() * 100;
            for (var t = 0; t < 20; t++) before[n, t, 0] = (float)At(start + t);
            after[n, 0] = At(start + 20);
        }
        (windows, next) = (tensor(before), tensor(after));
    }

    private static double At(double hour) => Math.Sin(hour / 2) + 0.3 * Math.Sin(hour / 3.3);

    public void Learn(TrainingRun run)
    {
        var wanted = next;
        wanted.to(float32); // the network counts in single precision
        var optimizer = optim.AdamW(tide.parameters(), lr: 1e-2);
        foreach (var step in Enumerable.Range(1, 150))
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = functional.mse_loss(tide.forward(windows), wanted);
            loss.backward();
            optimizer.step();
            if (step % 5 == 0) run.Log(step, loss.mean().to(float32).item<float>());
        }
    }
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.02)]
    public static void Train(TrainingRun run) => new Harbour(new Random(run.Seed)).Learn(run);
}
