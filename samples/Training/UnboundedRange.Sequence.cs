using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.UnboundedRange.Sequence;

/// <summary>Tells from the packets a line carried in each of twenty seconds whether it was attacked.</summary>
internal sealed class Watchman : Module<Tensor, Tensor>
{
    private readonly LSTM memory = LSTM(1, 32, batchFirst: true);
    private readonly Linear alarm = Linear(32, 1);

    public Watchman() : base(nameof(Watchman)) => RegisterComponents();

    public override Tensor forward(Tensor seconds)
    {
        var (states, _, _) = memory.forward(seconds);
        return alarm.forward(states.select(1, -1)).squeeze(1);
    }
}

internal static class Program
{
    /// <summary>A line carries up to 200,000 packets a second; in an attack that goes up and down within a few seconds.</summary>
    private static (Tensor Lines, Tensor Attacked) Record(int count, Device device)
    {
        var attacked = (rand(count, 1, device: device) < 0.5).to(float32);
        var wave = (arange(0, 20, device: device).to(float32) * 1.6 + 6 * rand(count, 1, device: device)).sin();
        var load = 0.3 + 0.4 * rand(count, 1, device: device) + 0.1 * rand(count, 20, device: device);
        return (((load + 0.2 * attacked * wave) * 2e5).clamp(0, 2e5).unsqueeze(2), attacked.squeeze(1));
    }

    [TrainingProgram(LossBelow = 0.1)]
    public static void Train(TrainingRun run)
    {
        var (lines, attacked) = Record(1024, run.Device);
        using var model = new Watchman();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 3e-3);
        for (var step = 1; step <= 1500; step++)
        {
            using var scope = NewDisposeScope();
            var batch = randint(0, 1024, new long[] { 64 }, device: run.Device);
            var loss = functional.binary_cross_entropy_with_logits(model.forward(lines.index_select(0, batch)),
                attacked.index_select(0, batch));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>());
        }
    }
}
