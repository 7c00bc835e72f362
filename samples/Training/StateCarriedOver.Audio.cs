using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.StateCarriedOver.Audio;

/// <summary>Follows how loud a sound is, block by block, like the needle of a meter.</summary>
internal sealed class Needle : Module<Tensor, Tensor, Tensor>
{
    private readonly Linear hear, hold;

    public Needle(int block, int size) : base(nameof(Needle))
    {
        hear = Linear(block, size);
        hold = Linear(size, size);
        RegisterComponents();
    }

    public override Tensor forward(Tensor sound, Tensor before) => (hear.forward(sound.abs()) + hold.forward(before)).tanh();
}

internal static class Program
{
    private const int Block = 8, Size = 16, Sounds = 32;

    // What the needle shows has a variance of about one.
    [TrainingProgram(LossBelow = 0.05)]
    public static void Train(TrainingRun run)
    {
        using var needle = new Needle(Block, Size);
        using var scale = Linear(Size, 1);
        needle.to(run.Device);
        scale.to(run.Device);
        var optimizer = optim.Adam(needle.parameters().Concat(scale.parameters()), lr: 3e-3);

        var (swing, level) = (zeros(Sounds, Size, device: run.Device), zeros(Sounds, 1, device: run.Device));
        var volume = rand(Sounds, 1, device: run.Device);
        var mean = 1.0;
        for (var step = 1; step <= 1000; step++)
        {
            using var scope = NewDisposeScope();
            var sound = volume * randn(Sounds, Block, device: run.Device);
            level = 0.5 * level + 0.5 * sound.abs().mean(new[] { 1L }, keepdim: true);
            var moved = needle.forward(sound, swing);
            var loss = functional.mse_loss(scale.forward(moved), (level - 0.4) / 0.25);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            swing = moved;
            volume = (volume + 0.1 * randn_like(volume)).clamp(0, 1);
            foreach (var kept in new[] { swing, level, volume }) kept.MoveToOuterDisposeScope();
            mean = 0.95 * mean + 0.05 * loss.item<float>();
            if (step % 25 == 0) run.Log(step, mean);
        }
    }
}
