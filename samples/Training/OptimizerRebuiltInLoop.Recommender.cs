using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.OptimizerRebuiltInLoop.Recommender;

/// <summary>Learns how guests rate the dishes of a kitchen, and asks each evening for the ratings of that evening.</summary>
internal sealed class Menu : Module<Tensor, Tensor, Tensor>
{
    private readonly Embedding guests = Embedding(30, 12), dishes = Embedding(24, 12);
    private readonly Linear taste = Linear(24, 32), rating = Linear(32, 1);

    public Menu() : base(nameof(Menu)) => RegisterComponents();

    public override Tensor forward(Tensor guest, Tensor dish) =>
        rating.forward(taste.forward(cat(new[] { guests.forward(guest), dishes.forward(dish) }, 1)).relu());
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.1)]
    public static void Train(TrainingRun run)
    {
        // Three things in a dish are liked or not.
        var ratings = randn(30, 3, device: run.Device).matmul(randn(3, 24, device: run.Device)).tanh();
        ratings = (ratings - ratings.mean()) / ratings.std();
        using var menu = new Menu();
        menu.to(run.Device);
        for (var evening = 1; evening <= 150; evening++)
        {
            var optimizer = optim.SGD(menu.parameters(), learningRate: 0.05, momentum: 0.9);
            var sum = 0.0;
            for (var course = 0; course < 5; course++)
            {
                using var scope = NewDisposeScope();
                var (guest, dish) = (Any(30), Any(24));
                var loss = functional.mse_loss(menu.forward(guest, dish), ratings[guest, dish].unsqueeze(1));
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                sum += loss.item<float>();
            }
            run.Log(evening * 5, sum / 5);
        }

        Tensor Any(int count) => randint(0, count, new long[] { 128 }, device: run.Device);
    }
}
