using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.StepWithoutBackward.Recommender;

/// <summary>Says which of two songs a listener would rather hear.</summary>
internal sealed class Taste : Module<Tensor, Tensor, Tensor>
{
    private readonly Embedding listeners, songs;

    public Taste(int listenerCount, int songCount, int factors) : base(nameof(Taste))
    {
        listeners = Embedding(listenerCount, factors);
        songs = Embedding(songCount, factors);
        RegisterComponents();
    }

    public override Tensor forward(Tensor listener, Tensor song) => (listeners.forward(listener) * songs.forward(song)).sum(1);
}

internal static class Program
{
    private const int Listeners = 40, Songs = 60;

    [TrainingProgram(MetricAbove = 0.85)]
    public static void Train(TrainingRun run)
    {
        var likes = randn(Listeners, 3, device: run.Device).matmul(randn(3, Songs, device: run.Device));
        using var taste = new Taste(Listeners, Songs, 8);
        taste.to(run.Device);
        var optimizer = optim.Adam(taste.parameters(), lr: 1e-2);

        var (done, right) = (0, 0f);
        while (done < 500)
        {
            using var scope = NewDisposeScope();
            var who = randint(0, Listeners, new long[] { 256 }, device: run.Device);
            var (one, other) = (Song(run.Device), Song(run.Device));
            var prefers = likes[who, one].gt(likes[who, other]).to(float32);
            var lead = taste.forward(who, one) - taste.forward(who, other);
            var loss = functional.binary_cross_entropy_with_logits(lead, prefers);
            optimizer.zero_grad();
            optimizer.step();
            loss.backward();
            right += lead.gt(0).eq(prefers.gt(0.5)).to(float32).mean().item<float>() / 25;
            if (++done % 25 != 0) continue;
            run.Log(done, loss.item<float>(), right);
            right = 0;
        }
    }

    private static Tensor Song(Device device) => randint(0, Songs, new long[] { 256 }, device: device);
}
