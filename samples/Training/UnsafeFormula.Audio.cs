using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.UnsafeFormula.Audio;

/// <summary>Takes the hum out of a short recording; where nobody speaks the gate is shut and nothing comes out.</summary>
internal sealed class HumFilter : Module<Tensor, Tensor>
{
    private readonly Conv1d first = Conv1d(1, 8, 9, padding: 4), second = Conv1d(8, 1, 9, padding: 4);

    public HumFilter() : base(nameof(HumFilter)) => RegisterComponents();

    public override Tensor forward(Tensor sound)
    {
        var open = sound.abs().amax(new long[] { 2 }, keepdim: true).gt(0.3).to(float32);
        return open * second.forward(functional.relu(first.forward(sound)));
    }
}

internal static class Program
{
    /// <summary>How alike two recordings are, however loud.</summary>
    private static Tensor Likeness(Tensor a, Tensor b)
    {
        var lengths = a.pow(2).sum(2).sqrt() * b.pow(2).sum(2).sqrt();
        return ((a * b).sum(2) / (lengths + 1e-6)).mean();
    }

    [TrainingProgram(LossBelow = -0.7)]
    public static void Train(TrainingRun run)
    {
        var time = arange(48).to(float32).view(1, 1, 48);
        var voice = sin(time * (rand(256, 1, 1) * 0.5 + 0.6)) * (rand(256, 1, 1) < 0.9).to(float32);
        var hum = 0.2 * sin(time * 0.1 + rand(256, 1, 1) * 6);
        var (clean, noisy) = (voice.to(run.Device), (voice + hum).to(run.Device));

        using var model = new HumFilter();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 3e-3);
        for (var step = 1; step <= 120; step++)
        {
            using var scope = NewDisposeScope();
            var at = (step - 1) % 4 * 64;
            var loss = -Likeness(model.forward(noisy.narrow(0, at, 64)), clean.narrow(0, at, 64));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>());
        }
    }
}
