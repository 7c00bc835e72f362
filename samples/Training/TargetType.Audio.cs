using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.TargetType.Audio;

/// <summary>Tells which of five keys of a telephone was pressed, by the pair of tones it makes.</summary>
internal static class Program
{
    private const int Times = 48, Count = 400;

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var random = new Random(run.Seed);
        var (sound, keys) = (new float[Count * Times], new int[Count]);
        for (var call = 0; call < Count; call++)
        {
            keys[call] = random.Next(5);
            var (low, high, late) = (0.3 + 0.1 * (keys[call] % 3), 0.9 + 0.2 * (keys[call] / 3), 6 * random.NextDouble());
            for (var t = 0; t < Times; t++)
                sound[call * Times + t] = (float)(Math.Sin(low * t + late) + Math.Sin(high * t) + 0.2 * random.NextDouble());
        }
        var tones = tensor(sound).view(Count, 1, Times).to(run.Device);
        var pressed = tensor(keys).to(run.Device);

        using var ear = Sequential(
            Conv1d(1, 16, 9, padding: 4), ReLU(), MaxPool1d(4), Flatten(), Linear(16 * 12, 32), ReLU(), Linear(32, 5));
        ear.to(run.Device);
        var optimizer = optim.Adam(ear.parameters(), lr: 3e-3);
        for (var epoch = 1; epoch <= 15; epoch++)
        {
            var (error, right) = (0f, 0f);
            for (var first = 0; first < Count; first += 40)
            {
                using var scope = NewDisposeScope();
                var key = pressed.narrow(0, first, 40);
                var scores = ear.forward(tones.narrow(0, first, 40));
                optimizer.zero_grad();
                var loss = functional.cross_entropy(scores, key);
                loss.backward();
                optimizer.step();
                error += loss.item<float>() / 10;
                right += scores.argmax(1).eq(key).to(float32).mean().item<float>() / 10;
            }
            run.Log(epoch * 10, error, right);
        }
    }
}
