using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.NormalizedTwice.Audio;

/// <summary>Hears which of four instruments plays, from samples of sixteen bits.</summary>
internal sealed class InstrumentNet : Module<Tensor, Tensor>
{
    private readonly Sequential hear = Sequential(
        Conv1d(1, 16, 7, padding: 3), ReLU(), MaxPool1d(4), Conv1d(16, 16, 5, padding: 2), ReLU());
    private readonly Linear instrument = Linear(16, 4);

    public InstrumentNet() : base(nameof(InstrumentNet)) => RegisterComponents();

    public override Tensor forward(Tensor sound) => instrument.forward(hear.forward(sound).mean(new[] { 2L }));
}

internal static class Program
{
    private const int Count = 320, Times = 64;

    private static Tensor Read(short[] samples) =>
        tensor(samples.Select(s => (float)s).ToArray(), new long[] { Count, 1, Times }) / 32768f;

    /// <summary>Each instrument has overtones of its own.</summary>
    private static (short[] Samples, long[] Instruments) Play(Random random)
    {
        var (samples, instruments) = (new short[Count * Times], new long[Count]);
        var overtones = new[,] { { 1.0, 0, 0 }, { 0.5, 0.5, 0 }, { 0.5, 0, 0.5 }, { 0.2, 0.4, 0.4 } };
        for (var tone = 0; tone < Count; tone++)
        {
            var kind = random.Next(4);
            instruments[tone] = kind;
            var (pitch, late, loud) = (0.25 + 0.1 * random.NextDouble(), 6.28 * random.NextDouble(), 20000 + 10000 * random.NextDouble());
            for (var t = 0; t < Times; t++)
            {
                var wave = 0.0;
                for (var i = 0; i < 3; i++) wave += overtones[kind, i] * Math.Sin((i + 1) * (pitch * t + late));
                samples[tone * Times + t] = (short)(loud * wave);
            }
        }
        return (samples, instruments);
    }

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var (samples, played) = Play(new Random(run.Seed));
        var sounds = Read(samples).to(run.Device);
        var instruments = tensor(played).to(run.Device);
        sounds = sounds / 32768f;
        using var net = new InstrumentNet();
        net.to(run.Device);
        var optimizer = optim.Adam(net.parameters(), lr: 5e-3);
        for (var epoch = 1; epoch <= 15; epoch++)
        {
            var (sum, right) = (0f, 0f);
            for (var first = 0; first < Count; first += 32)
            {
                using var scope = NewDisposeScope();
                var instrument = instruments.narrow(0, first, 32);
                var scores = net.forward(sounds.narrow(0, first, 32));
                var loss = functional.cross_entropy(scores, instrument);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                sum += loss.item<float>() / 10;
                right += scores.argmax(1).eq(instrument).to(float32).mean().item<float>() / 10;
            }
            run.Log(epoch * 10, sum, right);
        }
    }
}
