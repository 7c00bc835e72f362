using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.OneInstanceRepeated.Table;

/// <summary>What is added to what came in.</summary>
internal sealed class Step : Module<Tensor, Tensor>
{
    private readonly Linear wide = Linear(8, 8), back = Linear(8, 8);

    public Step() : base(nameof(Step)) => RegisterComponents();

    public override Tensor forward(Tensor x) => x + back.forward(wide.forward(x).relu());
}

/// <summary>Says where a ball comes out of a box of springs, from how it went in.</summary>
internal static class Program
{
    // A place that comes out has a variance of about one.
    [TrainingProgram(LossBelow = 0.05)]
    public static void Train(TrainingRun run)
    {
        using var model = Sequential(
            Linear(3, 8),
            Sequential(Enumerable.Repeat(new Step(), 4)),
            Linear(8, 2));
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 5e-3);
        var mean = 1.0;
        for (var step = 1; step <= 800; step++)
        {
            using var scope = NewDisposeScope();
            var ball = randn(128, 3, device: run.Device);
            var (x, y, z) = (ball.select(1, 0), ball.select(1, 1), ball.select(1, 2));
            var places = stack(new[] { (2 * x).sin() + y * z / 2, (x + y).abs() - (z * 2).cos() }, 1);
            var loss = functional.mse_loss(model.forward(ball), places);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            mean = 0.95 * mean + 0.05 * loss.item<float>();
            if (step % 20 == 0) run.Log(step, mean);
        }
    }
}
