using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.EvalNeverUndone.Sequence;

/// <summary>Is there a burst in the signal of a sensor, whose gain nobody set?</summary>
internal sealed class BurstNet : Module<Tensor, Tensor>
{
    private readonly Sequential body = Sequential(
        BatchNorm1d(1), Conv1d(1, 16, 5, padding: 2), BatchNorm1d(16), ReLU(), MaxPool1d(2),
        Conv1d(16, 16, 5, padding: 2), BatchNorm1d(16), ReLU(), AdaptiveMaxPool1d(1), Flatten());

    private readonly Linear burst = Linear(16, 1);

    public BurstNet() : base(nameof(BurstNet)) => RegisterComponents();

    public override Tensor forward(Tensor signal) => burst.forward(body.forward(signal)).squeeze(1);
}

internal static class Program
{
    private const int Length = 40;

    private static (Tensor, Tensor) Signals(int count, Random random)
    {
        var (values, bursts) = (new float[count, 1, Length], new float[count]);
        for (var n = 0; n < count; n++)
        {
            bursts[n] = random.Next(2);
            var start = random.Next(Length - 6);
            for (var t = 0; t < Length; t++)
                values[n, 0, t] = (float)(30 + 10 * (random.NextDouble() - 0.5)
                    + (bursts[n] > 0 && t >= start && t < start + 6 ? 9 * Math.Pow(-1, t) : 0));
        }
        return (tensor(values), tensor(bursts));
    }

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var random = new Random(run.Seed);
        var (signals, bursts) = Signals(320, random);
        var (testSignals, testBursts) = Signals(200, random);
        var model = new BurstNet();
        var optimizer = optim.AdamW(model.parameters(), lr: 2e-3);
        var criterion = BCEWithLogitsLoss();
        for (var epoch = 0; epoch < 16; epoch++)
        {
            for (var at = 0; at < 320; at += 32)
            {
                using var scope = NewDisposeScope();
                var loss = criterion.forward(model.forward(signals.narrow(0, at, 32)), bursts.narrow(0, at, 32));
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
            }
            Test(epoch);
        }

        void Test(int epoch)
        {
            using var scope = NewDisposeScope();
            using var quiet = no_grad();
            model.eval();
            var output = model.forward(testSignals);
            run.Log(epoch + 1, criterion.forward(output, testBursts).item<float>(),
                output.gt(0).to(float32).eq(testBursts).to(float32).mean().item<float>());
        }
    }
}
