using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.OutputActivation.Audio;

/// <summary>Says by how many samples a sound reaches the second microphone later than the first, or earlier.</summary>
internal sealed class DelayNet : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> ears = Sequential(
        Conv1d(2, 32, 5), ReLU(),
        Conv1d(32, 32, 3), ReLU(),
        Flatten());
    private readonly Module<Tensor, Tensor> hidden = Linear(32 * 10, 64);
    private readonly Module<Tensor, Tensor> delay = Linear(64, 1);

    public DelayNet() : base(nameof(DelayNet)) => RegisterComponents();

    public override Tensor forward(Tensor sound)
    {
        var x = ears.forward(sound);
        x = functional.relu(hidden.forward(x));
        return functional.tanh(delay.forward(x));
    }
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.13)]
    public static void Train(TrainingRun run)
    {
        // Two tones, sixteen samples, up to two samples apart.
        var delays = (rand(512, 1) - 0.5) * 4;
        var time = arange(0, 16).to(float32).view(1, -1);
        var (low, high) = (0.4 + 0.2 * rand(512, 1), 0.8 + 0.4 * rand(512, 1));
        var (phase1, phase2) = (6.28 * rand(512, 1), 6.28 * rand(512, 1));
        Tensor Hear(Tensor when) => (when * low + phase1).sin() + (when * high + phase2).sin();
        var sounds = stack(new[] { Hear(time + zeros(512, 1)), Hear(time - delays) }, 1).to(run.Device);
        delays = delays.to(run.Device);

        using var model = new DelayNet();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 1e-3);
        for (var epoch = 1; epoch <= 40; epoch++)
        {
            var total = 0f;
            for (var batch = 0; batch < 8; batch++)
            {
                using var scope = NewDisposeScope();
                var error = functional.mse_loss(model.forward(sounds.narrow(0, batch * 64, 64)), delays.narrow(0, batch * 64, 64));
                optimizer.zero_grad();
                error.backward();
                optimizer.step();
                total += error.item<float>();
            }
            run.Log(epoch, total / 8);
        }
    }
}
