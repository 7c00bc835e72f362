using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.Clean;

/// <summary>Kinds of leaves by a plain backbone whose stages halve the maps and double the filters, up to 256.</summary>
public static class PlantLeaves
{
    private sealed class Network : Module<Tensor, Tensor>
    {
        private readonly Sequential stages;
        private readonly Linear kinds = Linear(256, 5);

        public Network() : base(nameof(Network))
        {
            stages = Sequential(Stage(3, 32), Stage(32, 64), Stage(64, 128), Stage(128, 256));
            RegisterComponents();
        }

        private static Sequential Stage(int from, int to) => Sequential(
            Conv2d(from, to, 3, padding: 1, bias: false), BatchNorm2d(to), ReLU(), MaxPool2d(2));

        public override Tensor forward(Tensor x) => kinds.forward(functional.adaptive_avg_pool2d(stages.forward(x), 1).flatten(1));
    }

    public static void Train(TrainingRun run, int steps)
    {
        var leaves = rand(8, 3, 32, 32, device: run.Device) * 2 - 1;
        var kinds = randint(0, 5, 8, dtype: int64, device: run.Device);
        using var model = new Network();
        model.to(run.Device);
        var optimizer = optim.AdamW(model.parameters(), 1e-3);
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = functional.cross_entropy(model.forward(leaves), kinds);
            loss.backward();
            optimizer.step();
            run.Log(step, loss.item<float>());
        }
    }
}
