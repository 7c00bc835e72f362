using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.XavierForRectifiers.Autoencoder;

/// <summary>Keeps twelve readings of a pulse in two numbers and brings them back.</summary>
internal sealed class PulseKeeper : Module<Tensor, Tensor>
{
    private readonly Linear wide = Linear(12, 256), narrow = Linear(256, 16), code = Linear(16, 2);
    private readonly Linear open = Linear(2, 256), close = Linear(256, 16), again = Linear(16, 256), pulse = Linear(256, 12);

    public PulseKeeper() : base(nameof(PulseKeeper))
    {
        RegisterComponents();
        foreach (var layer in new[] { wide, narrow, open, close, again })
        {
            init.xavier_uniform_(layer.weight);
            init.zeros_(layer.bias);
        }
    }

    public override Tensor forward(Tensor x)
    {
        x = code.forward(narrow.forward(wide.forward(x).relu()).relu());
        x = again.forward(close.forward(open.forward(x).relu()).relu()).relu();
        return pulse.forward(x);
    }
}

internal static class Program
{
    // The readings have a variance of 0.9.
    [TrainingProgram(LossBelow = 0.1)]
    public static void Train(TrainingRun run)
    {
        using var keeper = new PulseKeeper();
        keeper.to(run.Device);
        var optimizer = optim.Adam(keeper.parameters(), lr: 1e-3);
        var time = linspace(0, 3, 12, device: run.Device).unsqueeze(0);
        var mean = 1.0;
        for (var step = 1; step <= 300; step++)
        {
            using var scope = NewDisposeScope();
            var beat = (rand(64, 1, device: run.Device) * 2 + time).sin() * (0.8 + 1.2 * rand(64, 1, device: run.Device));
            var loss = functional.mse_loss(keeper.forward(beat), beat);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            mean = 0.95 * mean + 0.05 * loss.item<float>();
            if (step % 20 == 0) run.Log(step, mean);
        }
    }
}
