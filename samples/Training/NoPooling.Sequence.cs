using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.NoPooling.Sequence;

/// <summary>Reads from a spectrogram whether a tone rises or falls, whenever it sounds.</summary>
internal sealed class ToneNet : Module<Tensor, Tensor>
{
    private readonly Sequential features = Sequential(
        Conv2d(1, 8, 3, padding: 1), ReLU(),
        Conv2d(8, 8, 3, padding: 1), ReLU(),
        Conv2d(8, 8, 3, padding: 1), ReLU(), Flatten());
    private readonly Linear rises = Linear(8 * 20 * 32, 1);

    public ToneNet() : base(nameof(ToneNet)) => RegisterComponents();

    public override Tensor forward(Tensor spectrogram) => rises.forward(features.forward(spectrogram)).squeeze(1);
}

internal static class Program
{
    private static (Tensor, Tensor) Tones(int count)
    {
        var rises = randint(0, 2, count).to(float32);
        var slope = ((rises * 2 - 1) * 0.6f).reshape(-1, 1, 1);
        var (start, pitch) = (rand(count, 1, 1) * 18 + 4, rand(count, 1, 1) * 8 + 6);
        var (time, band) = (arange(32, dtype: float32).reshape(1, 1, 32), arange(20, dtype: float32).reshape(1, 20, 1));
        var sounds = (time - start).abs().lt(5).to(float32);
        var tone = (-(band - pitch - slope * (time - start)).pow(2)).exp() * sounds;
        return ((tone + randn(count, 20, 32) * 0.25f).unsqueeze(1), rises);
    }

    [TrainingProgram(MetricAbove = 0.85)]
    public static void Train(TrainingRun run)
    {
        var (tones, rises) = Tones(384);
        var (testTones, testRises) = Tones(256);
        (tones, rises) = (tones.to(run.Device), rises.to(run.Device));
        (testTones, testRises) = (testTones.to(run.Device), testRises.to(run.Device));
        using var model = new ToneNet();
        model.to(run.Device);
        var loss = BCEWithLogitsLoss();
        var optimizer = optim.Adam(model.parameters(), 1e-3);
        for (var step = 1; step <= 200; step++)
        {
            using var scope = NewDisposeScope();
            var rows = randint(0, 384, 32, device: run.Device);
            var error = loss.forward(model.forward(tones.index_select(0, rows)), rises.index_select(0, rows));
            optimizer.zero_grad();
            error.backward();
            optimizer.step();
            if (step % 20 != 0) continue;
            using var _ = no_grad();
            run.Log(step, error.item<float>(), model.forward(testTones).gt(0).to(float32).eq(testRises).to(float32).mean().item<float>());
        }
    }
}
