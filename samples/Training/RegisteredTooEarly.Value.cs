using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.RegisteredTooEarly.Value;

/// <summary>What a position on a slope is worth: how soon the bottom is reached.</summary>
internal sealed class Worth : Module<Tensor, Tensor>
{
    private readonly Linear place, speed, worth;

    public Worth(int size) : base(nameof(Worth))
    {
        RegisterComponents();
        place = Linear(2, size);
        speed = Linear(size, size);
        worth = Linear(size, 1);
    }

    public override Tensor forward(Tensor state) => worth.forward(speed.forward(place.forward(state).relu()).relu());
}

internal static class Program
{
    private const double Discount = 0.8;

    // Rewards have a variance of 0.28; the error is that of the temporal difference.
    [TrainingProgram(LossBelow = 0.04)]
    public static void Train(TrainingRun run)
    {
        using var worth = new Worth(32);
        worth.to(run.Device);
        var optimizer = optim.Adam(worth.parameters(), lr: 3e-3);
        var error = 1.0;
        for (var step = 1; step <= 700; step++)
        {
            using var scope = NewDisposeScope();
            var state = rand(64, 2, device: run.Device) * 2 - 1;
            var next = (state + 0.3 * state.roll(1, 1)).clamp(-1, 1);
            var reward = 1 - next.pow(2).sum(1, keepdim: true);
            Tensor target;
            using (no_grad()) target = reward + Discount * worth.forward(next);
            var loss = functional.mse_loss(worth.forward(state), target);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            error = 0.9 * error + 0.1 * loss.item<float>();
            if (step % 20 == 0) run.Log(step, error);
        }
    }
}
