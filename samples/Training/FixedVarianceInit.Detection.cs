using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.FixedVarianceInit.Detection;

/// <summary>Finds the ball on a picture: how far right, how far down, and how large, each relative to the average.</summary>
internal sealed class BallFinder : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1 = Conv2d(1, 8, 3, padding: 1), conv2 = Conv2d(8, 16, 3, padding: 1);
    private readonly Conv2d conv3 = Conv2d(16, 32, 3, padding: 1);
    private readonly MaxPool2d pool = MaxPool2d(2);
    private readonly Linear hidden = Linear(32 * 3 * 3, 64), ball = Linear(64, 3);

    public BallFinder() : base(nameof(BallFinder))
    {
        RegisterComponents();
        foreach (var module in modules())
        {
            if (module is Conv2d conv) init.normal_(conv.weight, 0, 0.01);
            if (module is Linear linear) init.normal_(linear.weight, 0, 0.01);
        }
    }

    public override Tensor forward(Tensor picture)
    {
        var x = pool.forward(conv1.forward(picture).relu());
        x = pool.forward(conv2.forward(x).relu());
        x = conv3.forward(x).relu();
        return ball.forward(hidden.forward(x.flatten(1)).relu());
    }
}

internal static class Program
{
    private static (Tensor Pictures, Tensor Balls) Play(int count)
    {
        var balls = (rand(count, 3) * 2 - 1) * 1.73f;
        Tensor Number(int index) => balls.select(1, index).view(-1, 1, 1);
        var at = arange(0, 12).to(float32) - 5.5;
        var distance = ((at.view(1, 1, -1) - 1.5 * Number(0)).pow(2) + (at.view(1, -1, 1) - 1.5 * Number(1)).pow(2)).sqrt();
        var ball = ((2.5 + 0.8 * Number(2) - distance) * 3).sigmoid();
        return ((ball + 0.05 * randn(count, 12, 12)).unsqueeze(1), balls);
    }

    [TrainingProgram(LossBelow = 0.1)]
    public static void Train(TrainingRun run)
    {
        var (pictures, balls) = Play(512);
        (pictures, balls) = (pictures.to(run.Device), balls.to(run.Device));
        using var model = new BallFinder();
        model.to(run.Device);
        var optimizer = optim.SGD(model.parameters(), learningRate: 0.02, momentum: 0.9);

        for (var epoch = 1; epoch <= 25; epoch++)
        {
            using var scope = NewDisposeScope();
            var (order, sum) = (randperm(512, device: run.Device), 0.0);
            for (var start = 0; start < 512; start += 32)
            {
                var rows = order.narrow(0, start, 32);
                var loss = functional.mse_loss(model.forward(pictures.index_select(0, rows)), balls.index_select(0, rows));
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                sum += loss.item<float>() / 16;
            }
            run.Log(epoch, sum);
        }
    }
}
