using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.NormalizationDiffers.Sequence;

/// <summary>Tells which of three gaits a walk was recorded from, by the force on a sole in newton, fifty times a second.</summary>
internal sealed class GaitReader : Module<Tensor, Tensor>
{
    private readonly GRU memory = GRU(1, 32, batchFirst: true);
    private readonly Linear gait = Linear(32, 3);

    public GaitReader() : base(nameof(GaitReader)) => RegisterComponents();

    public override Tensor forward(Tensor walk)
    {
        var (states, _) = memory.forward(walk);
        return gait.forward(states.mean(new[] { 1L }));
    }
}

internal static class Program
{
    /// <summary>Forces of some walks, and their gaits.</summary>
    private static (Tensor Walks, Tensor Gaits) Record(int count)
    {
        var gaits = randint(0, 3, new long[] { count });
        var pace = (gaits.to(float32) * 0.6 + 1.4 + 0.4 * rand(count)).unsqueeze(1);
        var phase = arange(0, 40).to(float32) / 10 * pace + 6 * rand(count, 1);
        var force = 700 * phase.sin().relu() + 20 * randn(count, 40) + 400;
        return (force.unsqueeze(2), gaits);
    }

    /// <summary>What counts is the loss on walks that were kept apart.</summary>
    [TrainingProgram(LossBelow = 0.35)]
    public static void Train(TrainingRun run)
    {
        var (walks, gaits) = Record(1024);
        var (testWalks, testGaits) = Record(256);
        walks = (walks - 600) / 300;

        using var model = new GaitReader();
        var optimizer = optim.Adam(model.parameters(), lr: 3e-3);
        for (var step = 1; step <= 400; step++)
        {
            using var scope = NewDisposeScope();
            var batch = randint(0, 1024, new long[] { 64 });
            var loss = functional.cross_entropy(model.forward(walks.index_select(0, batch)), gaits.index_select(0, batch));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 != 0) continue;
            using var guard = no_grad();
            run.Log(step, functional.cross_entropy(model.forward(testWalks), testGaits).item<float>());
        }
    }
}
