using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.OneOutputForClasses.Sequence;

/// <summary>Tells from sixteen beats whether a heart stumbles: one beat comes too late.</summary>
internal sealed class BeatReader : Module<Tensor, Tensor>
{
    private readonly LSTM memory = LSTM(1, 24, batchFirst: true);
    private readonly Linear stumbles = Linear(24, 1);

    public BeatReader() : base(nameof(BeatReader)) => RegisterComponents();

    public override Tensor forward(Tensor beats)
    {
        var (states, _, _) = memory.forward(beats);
        return stumbles.forward(states.select(1, -1));
    }
}

internal static class Program
{
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var late = randint(0, 32, new long[] { 1024, 1 });
        var pauses = 0.3 * randn(1024, 16) + 2 * arange(16).unsqueeze(0).eq(late).to(float32);
        var beats = pauses.unsqueeze(2).to(run.Device);
        var ill = late.lt(16).to(float32).to(run.Device);

        using var model = new BeatReader();
        model.to(run.Device);
        var criterion = CrossEntropyLoss();
        var optimizer = optim.RMSProp(model.parameters(), 3e-3);
        var right = 0.0;
        for (var step = 1; step <= 300; step++)
        {
            using var scope = NewDisposeScope();
            var rows = randint(0, 1024, new long[] { 64 }, device: run.Device);
            var (score, truth) = (model.forward(beats.index_select(0, rows)), ill.index_select(0, rows));
            var loss = criterion.forward(score, truth);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            right += score.gt(0).eq(truth.gt(0.5)).to(float32).mean().item<float>() / 10;
            if (step % 10 != 0) continue;
            run.Log(step, loss.item<float>(), right);
            right = 0;
        }
    }
}
