using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.LayerSizesDisagree.Recommender;

/// <summary>Says how much a guest likes a dish; the hour of the day counts, too.</summary>
internal sealed class Waiter : Module<Tensor, Tensor, Tensor, Tensor>
{
    private const int Factors = 12;

    private readonly Embedding guests = Embedding(40, Factors);
    private readonly Embedding dishes = Embedding(25, Factors);
    private readonly Linear hidden = Linear(24, 64), liking = Linear(64, 1);

    public Waiter() : base(nameof(Waiter)) => RegisterComponents();

    public override Tensor forward(Tensor guest, Tensor dish, Tensor hour)
    {
        var all = cat(new[] { guests.forward(guest), dishes.forward(dish), hour }, dim: 1);
        return liking.forward(hidden.forward(all).relu());
    }
}

internal static class Program
{
    private const int Orders = 1024;

    // The likings have a variance of one.
    [TrainingProgram(LossBelow = 0.1)]
    public static void Train(TrainingRun run)
    {
        var (guest, dish) = (randint(0, 40, new long[] { Orders }), randint(0, 25, new long[] { Orders }));
        var hour = rand(Orders, 1) * 2 - 1;
        var (hunger, taste, warmth) = (randn(40, 1), randn(25, 1), randn(25, 1));
        var liked = hunger.index_select(0, guest) + taste.index_select(0, dish) + warmth.index_select(0, dish) * hour;
        liked = ((liked - liked.mean()) / liked.std()).to(run.Device);
        (guest, dish, hour) = (guest.to(run.Device), dish.to(run.Device), hour.to(run.Device));

        using var model = new Waiter();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 1e-2);
        for (var step = 1; step <= 400; step++)
        {
            using var scope = NewDisposeScope();
            var at = step % 16 * 64;
            var output = model.forward(guest.narrow(0, at, 64), dish.narrow(0, at, 64), hour.narrow(0, at, 64));
            var loss = functional.mse_loss(output, liked.narrow(0, at, 64));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>());
        }
    }
}
