using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.DecayOnAdam.Picture;

/// <summary>Tells how far and where to a blurred edge is turned.</summary>
internal sealed class EdgeNet : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1 = Conv2d(1, 8, 5, padding: 2), conv2 = Conv2d(8, 16, 3, padding: 1);
    private readonly MaxPool2d pool = MaxPool2d(2);
    private readonly Linear hidden = Linear(16 * 4 * 4, 64), turn = Linear(64, 2);

    public EdgeNet() : base(nameof(EdgeNet)) => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        x = pool.forward(functional.relu(conv1.forward(x)));
        x = pool.forward(functional.relu(conv2.forward(x)));
        return turn.forward(functional.relu(hidden.forward(x.flatten(1))));
    }
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.01)]
    public static void Train(TrainingRun run)
    {
        var angle = rand(512, 1) * 2 * MathF.PI;
        var at = arange(16, dtype: float32) / 8 - 1;
        var edge = at.reshape(1, 1, 16) * angle.cos().unsqueeze(2) + at.reshape(1, 16, 1) * angle.sin().unsqueeze(2);
        var pictures = ((edge * 4).tanh() + randn(512, 16, 16) * 0.3f).unsqueeze(1).to(run.Device);
        var truth = cat(new[] { angle.cos(), angle.sin() }, 1).to(run.Device);

        using var model = new EdgeNet();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 1e-3);
        var decay = optim.lr_scheduler.ExponentialLR(optimizer, 0.9);

        for (var epoch = 0; epoch < 40; epoch++)
        {
            var sum = 0.0;
            for (var batch = 0; batch < 16; batch++)
            {
                using var scope = NewDisposeScope();
                var loss = functional.mse_loss(model.forward(pictures.narrow(0, batch * 32, 32)), truth.narrow(0, batch * 32, 32));
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
