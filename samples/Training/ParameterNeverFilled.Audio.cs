using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ParameterNeverFilled.Audio;

/// <summary>Measures the loudness of a sound in filters that are learned.</summary>
internal sealed class FilterBank : Module<Tensor, Tensor>
{
    private readonly Parameter filters, offsets;
    private readonly Linear pitch = Linear(16, 1);

    public FilterBank() : base(nameof(FilterBank))
    {
        filters = Parameter(randn(16, 1, 9) / 3);
        offsets = Parameter(empty(16));
        RegisterComponents();
    }

    public override Tensor forward(Tensor sound)
    {
        var heard = functional.conv1d(sound, filters, offsets, stride: 2).relu();
        return pitch.forward(heard.mean(new[] { 2L }));
    }
}

internal static class Program
{
    private const int Times = 64;

    // The pitch has a variance of one third.
    [TrainingProgram(LossBelow = 0.03)]
    public static void Train(TrainingRun run)
    {
        using var bank = new FilterBank();
        bank.to(run.Device);
        var optimizer = optim.Adam(bank.parameters(), lr: 5e-3);
        var time = arange(Times, dtype: float32, device: run.Device).view(1, 1, Times);
        var mean = 0.3;
        for (var step = 1; step <= 240; step++)
        {
            using var scope = NewDisposeScope();
            var pitch = rand(32, 1, device: run.Device) * 2 - 1;
            var sound = ((0.8 + 0.5 * pitch).unsqueeze(2) * time + 6.28 * rand(32, 1, 1, device: run.Device)).sin();
            var loss = functional.mse_loss(bank.forward(sound + 0.1 * randn_like(sound)), pitch);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            mean = 0.9 * mean + 0.1 * loss.item<float>();
            if (step % 20 == 0) run.Log(step, mean);
        }
    }
}
