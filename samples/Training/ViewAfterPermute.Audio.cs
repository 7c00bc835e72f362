using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ViewAfterPermute.Audio;

/// <summary>Hears with two ears from which side a sound comes: it is louder there.</summary>
internal sealed class Listener : Module<Tensor, Tensor>
{
    private const int Ears = 2, Frames = 8, Samples = 6;

    private readonly Linear features = Linear(Ears * Samples, 32);
    private readonly GRU memory = GRU(32, 24, batchFirst: true);
    private readonly Linear side = Linear(24, 1);

    public Listener() : base(nameof(Listener)) => RegisterComponents();

    public override Tensor forward(Tensor sound)
    {
        // Both ears of a frame side by side.
        var frames = sound.view(sound.shape[0], Ears, Frames, Samples).permute(0, 2, 1, 3);
        frames = frames.view(sound.shape[0], Frames, Ears * Samples);
        var (states, _) = memory.forward(functional.relu(features.forward(frames)));
        return side.forward(states.select(1, Frames - 1));
    }
}

internal static class Program
{
    // The sides lie between -1 and 1, with a variance of a third.
    [TrainingProgram(LossBelow = 0.03)]
    public static void Train(TrainingRun run)
    {
        using var listener = new Listener();
        listener.to(run.Device);
        var optimizer = optim.AdamW(listener.parameters(), lr: 5e-3);
        for (var step = 1; step <= 400; step++)
        {
            using var scope = NewDisposeScope();
            var (sound, side) = Play(48);
            var loss = functional.mse_loss(listener.forward(sound.to(run.Device)), side.to(run.Device));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>());
        }
    }

    /// <summary>A tone of any pitch, left and right, and where it comes from.</summary>
    private static (Tensor Sound, Tensor Side) Play(int count)
    {
        var time = arange(48, dtype: float32).view(1, 1, 48);
        var tone = (time * (0.5f + rand(count, 1, 1)) + rand(count, 1, 1) * 2 * MathF.PI).sin();
        var side = rand(count, 1) * 2 - 1;
        var loudness = cat(new[] { 1 - side, 1 + side }, 1).unsqueeze(2);
        return (tone * loudness + 0.05 * randn(count, 2, 48), side);
    }
}
