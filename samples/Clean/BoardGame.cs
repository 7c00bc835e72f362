using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.Clean;

/// <summary>Learns an expert's moves on a board of nine by nine: every place means something, so nothing is pooled.</summary>
public static class BoardGame
{
    private const int Side = 9;

    private sealed class Network : Module<Tensor, Tensor>
    {
        private readonly Sequential board = Sequential(
            Conv2d(2, 64, 3, padding: 1), ReLU(),
            Conv2d(64, 64, 3, padding: 1), ReLU(),
            Conv2d(64, 64, 3, padding: 1), ReLU(),
            Conv2d(64, 2, 1), ReLU(), Flatten());
        private readonly Linear move = Linear(2 * Side * Side, Side * Side);

        public Network() : base(nameof(Network)) => RegisterComponents();

        public override Tensor forward(Tensor stones) => move.forward(board.forward(stones));
    }

    public static void Train(TrainingRun run, int steps)
    {
        var stones = randint(0, 2, [32, 2, Side, Side], device: run.Device).to(float32);
        var moves = randint(0, Side * Side, 32, dtype: int64, device: run.Device);
        using var model = new Network();
        model.to(run.Device);
        var optimizer = optim.SGD(model.parameters(), 0.05, momentum: 0.9, weight_decay: 1e-4);
        var schedule = optim.lr_scheduler.MultiStepLR(optimizer, [steps / 2, steps * 3 / 4], 0.1);
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = functional.cross_entropy(model.forward(stones), moves);
            loss.backward();
            optimizer.step();
            schedule.step();
            run.Log(step, loss.item<float>());
        }
    }
}
