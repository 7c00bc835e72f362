using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.DecayedToNothing.Picture;

/// <summary>Counts the spots on a tile, as a number.</summary>
internal sealed class SpotNet : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1 = Conv2d(1, 16, 3, padding: 1), conv2 = Conv2d(16, 16, 3, padding: 1);
    private readonly MaxPool2d pool = MaxPool2d(2);
    private readonly Linear fc = Linear(16 * 4 * 4, 64), count = Linear(64, 1);

    public SpotNet() : base(nameof(SpotNet)) => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        x = pool.forward(functional.relu(conv1.forward(x)));
        x = pool.forward(functional.relu(conv2.forward(x)));
        return count.forward(functional.relu(fc.forward(x.flatten(1))));
    }
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.05)]
    public static void Train(TrainingRun run)
    {
        var spots = (rand(512, 1, 16, 16) < 0.03).to(float32).to(run.Device);
        var counts = (spots.sum(new long[] { 1, 2, 3 }).unsqueeze(1) - 7.7f) / 2.7f;
        using var model = new SpotNet();
        model.to(run.Device);
        var optimizer = optim.SGD(model.parameters(), 1e-2, momentum: 0.9);
        var decay = optim.lr_scheduler.ExponentialLR(optimizer, 0.75);

        for (var epoch = 0; epoch < 40; epoch++)
        {
            var sum = 0.0;
            for (var batch = 0; batch < 16; batch++)
            {
                using var scope = NewDisposeScope();
                var loss = functional.mse_loss(model.forward(spots.narrow(0, batch * 32, 32)), counts.narrow(0, batch * 32, 32));
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                sum += loss.item<float>() / 16;
            }
            decay.step();
            run.Log(epoch + 1, sum);
        }
    }
}
