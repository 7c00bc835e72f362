using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.UnsafeFormula.Siamese;

/// <summary>Puts leaves of one plant near each other and of two plants apart, by the distance of what it makes of them.</summary>
internal sealed class LeafSpace : Module<Tensor, Tensor>
{
    private readonly Linear hidden = Linear(9, 32), place = Linear(32, 3);

    public LeafSpace() : base(nameof(LeafSpace)) => RegisterComponents();

    public override Tensor forward(Tensor leaf) => place.forward(functional.relu(hidden.forward(leaf)));

    public Tensor Distance(Tensor a, Tensor b)
    {
        var between = forward(a) - forward(b);
        return torch.sqrt(between.square().sum(1));
    }
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.1)]
    public static void Train(TrainingRun run)
    {
        var plants = randint(0, 6, new long[] { 400 });
        var leaves = (randn(6, 9).index_select(0, plants) + 0.2 * randn(400, 9)).to(run.Device);
        plants = plants.to(run.Device);

        using var space = new LeafSpace();
        space.to(run.Device);
        var optimizer = optim.Adam(space.parameters(), lr: 3e-3);
        for (var step = 1; step <= 300; step++)
        {
            using var scope = NewDisposeScope();
            // Now and then a leaf meets itself.
            var pairs = randint(0, 400, new long[] { 2, 96 }, device: run.Device);
            var (one, other) = (pairs[0], pairs[1]);
            var same = plants.index_select(0, one).eq(plants.index_select(0, other)).to(float32);
            var distance = space.Distance(leaves.index_select(0, one), leaves.index_select(0, other));
            var loss = (same * distance + (1 - same) * functional.relu(1 - distance)).mean();
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 20 == 0) run.Log(step, loss.item<float>());
        }
    }
}
