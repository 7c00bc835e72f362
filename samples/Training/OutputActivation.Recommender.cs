using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.OutputActivation.Recommender;

/// <summary>Says by how many stars a guest will rate a dish above or below the average.</summary>
internal sealed class TasteModel : Module<Tensor, Tensor, Tensor>
{
    private readonly Embedding guests, dishes;
    private readonly Linear hidden, stars;

    public TasteModel(int guestCount, int dishCount, int factors) : base(nameof(TasteModel))
    {
        guests = Embedding(guestCount, factors);
        dishes = Embedding(dishCount, factors);
        hidden = Linear(factors, 32);
        stars = Linear(32, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor guest, Tensor dish)
    {
        var x = guests.forward(guest) * dishes.forward(dish);
        x = functional.relu(hidden.forward(x));
        return functional.relu(stars.forward(x)).squeeze(1);
    }
}

internal static class Program
{
    private const int Guests = 40, Dishes = 30;

    [TrainingProgram(LossBelow = 0.1)]
    public static void Train(TrainingRun run)
    {
        // Three tastes decide: how much a guest likes each, and how much of each is in a dish.
        var ratings = randn(Guests, 3).matmul(randn(3, Dishes)).flatten().to(run.Device);
        ratings = (ratings - ratings.mean()) / ratings.std();

        using var model = new TasteModel(Guests, Dishes, factors: 16);
        model.to(run.Device);
        var optimizer = optim.AdamW(model.parameters(), lr: 1e-2);
        var sum = 0f;
        for (var step = 1; step <= 500; step++)
        {
            using var scope = NewDisposeScope();
            var pairs = randint(0, Guests * Dishes, new long[] { 64 }, device: run.Device);
            var prediction = model.forward(pairs.floor_divide(Dishes), pairs.remainder(Dishes));
            var loss = functional.mse_loss(prediction, ratings.index_select(0, pairs));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            sum += loss.item<float>();
            if (step % 20 != 0) continue;
            run.Log(step, sum / 20);
            sum = 0;
        }
    }
}
