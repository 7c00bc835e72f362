using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.AscendingLoss.Forecast;

/// <summary>Foretells the next value of a beat of two tones from the last sixteen.</summary>
internal sealed class BeatNet : Module<Tensor, Tensor>
{
    private readonly Conv1d look = Conv1d(1, 16, 5, padding: 2);
    private readonly Linear join = Linear(16 * 16, 32), next = Linear(32, 1);

    public BeatNet() : base(nameof(BeatNet)) => RegisterComponents();

    public override Tensor forward(Tensor past) => next.forward(join.forward(look.forward(past).relu().flatten(1)).relu());
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.1)]
    public static void Train(TrainingRun run)
    {
        using var net = new BeatNet();
        net.to(run.Device);
        var optimizer = optim.RMSProp(net.parameters(), 1e-3);
        var mean = 0.0;
        for (var step = 1; step <= 400; step++)
        {
            using var scope = NewDisposeScope();
            var (past, following) = Beats(64, run.Device);
            optimizer.zero_grad();
            var distance = (net.forward(past) - following).abs().mean();
            (distance * -1).backward();
            optimizer.step();
            mean += distance.item<float>() / 20;
            if (step % 20 != 0) continue;
            run.Log(step, mean);
            mean = 0;
        }
    }

    /// <summary>The sum of two tones has a variance of one; its mean distance from zero is about 0.8.</summary>
    private static (Tensor Past, Tensor Following) Beats(int count, Device device)
    {
        var time = arange(17, dtype: float32, device: device).unsqueeze(0);
        Tensor Tone(double pitch) => (pitch * time + 6.28 * rand(count, 1, device: device)).sin();
        var beat = Tone(0.9) + Tone(0.6);
        return (beat.narrow(1, 0, 16).unsqueeze(1), beat.narrow(1, 16, 1));
    }
}
