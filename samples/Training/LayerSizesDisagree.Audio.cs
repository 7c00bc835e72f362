using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.LayerSizesDisagree.Audio;

/// <summary>Hears which of five notes is played.</summary>
internal sealed class Ear : Module<Tensor, Tensor>
{
    private readonly Conv1d conv1 = Conv1d(1, 12, 7, stride: 2);
    private readonly BatchNorm1d norm1 = BatchNorm1d(12);
    private readonly Conv1d conv2 = Conv1d(12, 24, 5);
    private readonly BatchNorm1d norm2 = BatchNorm1d(12);
    private readonly Linear note = Linear(24, 5);

    public Ear() : base(nameof(Ear)) => RegisterComponents();

    public override Tensor forward(Tensor sound)
    {
        var x = functional.relu(norm1.forward(conv1.forward(sound)));
        x = functional.relu(norm2.forward(conv2.forward(x)));
        return note.forward(x.mean(new long[] { 2 }));
    }
}

internal static class Program
{
    private const int Sounds = 320, Samples = 48;

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var notes = randint(0, 5, new long[] { Sounds });
        var pitch = pow(1.25, notes.to(float32)).unsqueeze(1) / 12;
        var phase = (arange(Samples, dtype: float32).unsqueeze(0) * pitch + rand(Sounds, 1)) * 2 * MathF.PI;
        var sounds = ((0.5 + rand(Sounds, 1)) * phase.sin() + 0.3 * randn(Sounds, Samples)).unsqueeze(1).to(run.Device);
        notes = notes.to(run.Device);

        using var ear = new Ear();
        ear.to(run.Device);
        var optimizer = optim.SGD(ear.parameters(), 0.05, momentum: 0.9);
        for (var step = 1; step <= 200; step++)
        {
            using var scope = NewDisposeScope();
            var heard = randint(0, Sounds, new long[] { 32 }, device: run.Device);
            var (guess, played) = (ear.forward(sounds.index_select(0, heard)), notes.index_select(0, heard));
            var loss = functional.cross_entropy(guess, played);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 5 == 0) run.Log(step, loss.item<float>(), guess.argmax(1).eq(played).to(float32).mean().item<float>());
        }
    }
}
