using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.EvaluationInTrainingMode.Sequence;

/// <summary>Hears from a few beats which of four rhythms is played.</summary>
internal sealed class Listener : Module<Tensor, Tensor>
{
    private readonly GRU memory = GRU(1, 32, batchFirst: true);
    private readonly BatchNorm1d norm = BatchNorm1d(32);
    private readonly Dropout drop = Dropout(0.5);
    private readonly Linear rhythm = Linear(32, 4);

    public Listener() : base(nameof(Listener)) => RegisterComponents();

    public override Tensor forward(Tensor beats)
    {
        var (states, _) = memory.forward(beats);
        return rhythm.forward(drop.forward(norm.forward(states.select(1, -1))));
    }
}

/// <summary>Trains, and asks about one recording after the other, as they come in.</summary>
internal sealed class Studio
{
    private const int Beats = 16;
    private readonly Random random;
    private readonly Listener listener = new();

    public Studio(int seed) => random = new Random(seed);

    private (Tensor Beats, Tensor Rhythms) Record(int count)
    {
        var (beats, rhythms) = (new float[count * Beats], new long[count]);
        for (var n = 0; n < count; n++)
        {
            var (kind, start) = (random.Next(4), random.Next(12));
            rhythms[n] = kind;
            for (var t = 0; t < Beats; t++)
                beats[n * Beats + t] = ((t + start) % (kind + 2) == 0 ? 1 : -1) + (float)(random.NextDouble() - 0.5);
        }
        return (tensor(beats).view(count, Beats, 1), tensor(rhythms));
    }

    public void Run(TrainingRun run)
    {
        var optimizer = optim.Adam(listener.parameters(), 5e-3);
        for (var round = 1; round <= 20; round++)
        {
            listener.train();
            for (var step = 0; step < 15; step++)
            {
                using var scope = NewDisposeScope();
                var (beats, rhythms) = Record(32);
                optimizer.zero_grad();
                functional.cross_entropy(listener.forward(beats), rhythms).backward();
                optimizer.step();
            }
            var (loss, right) = Test(8, 16);
            run.Log(round, loss, right);
        }
    }

    private (double Loss, double Right) Test(int evenings, int recordings)
    {
        var (loss, right) = (0.0, 0.0);
        for (var evening = 0; evening < evenings; evening++)
        {
            using var scope = NewDisposeScope();
            using var quiet = no_grad();
            var (beats, rhythms) = Record(recordings);
            var output = listener.forward(beats);
            loss += functional.cross_entropy(output, rhythms).item<float>() / evenings;
            right += output.argmax(1).eq(rhythms).to(float32).mean().item<float>() / evenings;
        }
        return (loss, right);
    }
}

internal static class Program
{
    [TrainingProgram(MetricAbove = 0.95)]
    public static void Train(TrainingRun run) => new Studio(run.Seed).Run(run);
}
