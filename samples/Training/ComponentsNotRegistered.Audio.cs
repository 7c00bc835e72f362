using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ComponentsNotRegistered.Audio;

/// <summary>One look at a sound: two convolutions, and half the times of before.</summary>
internal sealed class Stage : Module<Tensor, Tensor>
{
    private readonly Conv1d near, far;

    public Stage(int from, int to) : base(nameof(Stage))
    {
        near = Conv1d(from, to, 5, padding: 2);
        far = Conv1d(to, to, 5, padding: 2);
    }

    public override Tensor forward(Tensor x) => functional.max_pool1d(far.forward(near.forward(x).relu()).relu(), 2);
}

/// <summary>Hears whether a bird's call rises, falls or stays.</summary>
internal static class Program
{
    private const int Times = 64;

    private static (Tensor Calls, Tensor Kinds) Record(int count, Device device)
    {
        var kinds = randint(0, 3, new long[] { count }, device: device);
        var turn = (kinds.to(float32) - 1).unsqueeze(1);
        var time = linspace(0, 1, Times, device: device).unsqueeze(0);
        var calls = (2 * Math.PI * ((8 - 5 * turn) * time + 5 * turn * time * time + rand(count, 1, device: device))).sin();
        return ((calls + 0.2 * randn(count, Times, device: device)).unsqueeze(1), kinds);
    }

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        using var ear = Sequential(
            new Stage(1, 16),
            new Stage(16, 16),
            AdaptiveAvgPool1d(4),
            Flatten(),
            Linear(16 * 4, 3));
        ear.to(run.Device);
        var optimizer = optim.Adam(ear.parameters(), lr: 3e-3);
        var right = 0f;
        for (var step = 1; step <= 150; step++)
        {
            using var scope = NewDisposeScope();
            var (calls, kinds) = Record(32, run.Device);
            var scores = ear.forward(calls);
            var loss = functional.cross_entropy(scores, kinds);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            right += scores.argmax(1).eq(kinds).to(float32).mean().item<float>() / 10;
            if (step % 10 != 0) continue;
            run.Log(step, loss.item<float>(), right);
            right = 0;
        }
    }
}
