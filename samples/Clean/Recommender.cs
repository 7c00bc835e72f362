using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.Clean;

/// <summary>
/// Matrix factorization: two embeddings and their biases, a product, no hidden
/// layer at all. Ratings lie between 0 and 1, so does the sigmoid.
/// </summary>
public static class Recommender
{
    private sealed class Network : Module<Tensor, Tensor, Tensor>
    {
        private readonly Embedding users, items, userBias, itemBias;

        public Network(int userCount, int itemCount, int width) : base(nameof(Network))
        {
            (users, items) = (Embedding(userCount, width), Embedding(itemCount, width));
            (userBias, itemBias) = (Embedding(userCount, 1), Embedding(itemCount, 1));
            init.normal_(users.weight, 0, 0.05);
            init.normal_(items.weight, 0, 0.05);
            init.zeros_(userBias.weight);
            init.zeros_(itemBias.weight);
            RegisterComponents();
        }

        public override Tensor forward(Tensor user, Tensor item) =>
            ((users.forward(user) * items.forward(item)).sum(1) + userBias.forward(user).squeeze(1) + itemBias.forward(item).squeeze(1))
                .sigmoid();
    }

    public static void Train(TrainingRun run, int steps)
    {
        var (user, item) = (randint(20, [128], dtype: ScalarType.Int64, device: run.Device),
            randint(30, [128], dtype: ScalarType.Int64, device: run.Device));
        var rating = rand(128, device: run.Device);
        using var model = new Network(20, 30, 8);
        model.to(run.Device);
        var optimizer = optim.SGD(model.parameters(), 0.05, momentum: 0.9);
        var decay = optim.lr_scheduler.ExponentialLR(optimizer, 0.9);
        var loss = MSELoss();
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var value = loss.call(model.call(user, item), rating);
            value.backward();
            optimizer.step();
            decay.step();
            run.Log(step, value.item<float>());
        }
    }
}
