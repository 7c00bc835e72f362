using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace NnAnalyzers.Samples.NormNeverFilled.Audio;

/// <summary>Takes the hum out of a recording, however loud it was made.</summary>
internal sealed class Cleaner : nn.Module<Tensor, Tensor>
{
    private readonly Conv1d _hear, _hum, _clean;
    private readonly GroupNorm _even;

    public Cleaner(int channels) : base(nameof(Cleaner))
    {
        _hear = nn.Conv1d(1, channels, 9, padding: 4);
        _even = nn.GroupNorm(2, channels);
        _hum = nn.Conv1d(channels, channels, 9, padding: 4);
        _clean = nn.Conv1d(channels, 1, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor recording)
    {
        var x = _even.forward(_hear.forward(recording)).relu();
        return _clean.forward(_hum.forward(x).relu());
    }
}

internal static class Program
{
    // What is left when the hum is gone has a variance of one half.
    [TrainingProgram(LossBelow = 0.06)]
    public static void Train(TrainingRun run)
    {
        var cleaner = new Cleaner(12);
        cleaner.to(run.Device);
        var optimizer = optim.AdamW(cleaner.parameters(), lr: 5e-3);
        var time = arange(48, dtype: float32, device: run.Device).view(1, 1, -1);
        var left = 0.5;
        for (var step = 1; step <= 200; step++)
        {
            using var scope = NewDisposeScope();
            var hum = (1.6 * time + 6.28 * rand(16, 1, 1, device: run.Device)).sin();
            var voice = ((0.15 + 0.4 * rand(16, 1, 1, device: run.Device)) * time + 6.28 * rand(16, 1, 1, device: run.Device)).sin();
            var loss = nn.functional.mse_loss(cleaner.forward(voice + hum), voice);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            left = 0.9 * left + 0.1 * loss.item<float>();
            if (step % 20 == 0) run.Log(step, left);
        }
    }
}
