using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ConstantWeights.Table;

/// <summary>How far a car goes on what is in its tank.</summary>
internal sealed class RangeModel : Module<Tensor, Tensor>
{
    private readonly Linear hidden, range;

    public RangeModel(int size) : base(nameof(RangeModel))
    {
        hidden = Linear(3, size);
        range = Linear(size, 1);
        RegisterComponents();
        apply(Fill);
    }

    private static void Fill(Module module)
    {
        if (module is not Linear linear) return;
        init.constant_(linear.weight, 0.1);
        init.zeros_(linear.bias);
    }

    public override Tensor forward(Tensor x) => range.forward(hidden.forward(x).relu());
}

internal static class Program
{
    // The ranges have a variance of 1.4.
    [TrainingProgram(LossBelow = 0.05)]
    public static void Train(TrainingRun run)
    {
        using var model = new RangeModel(32);
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 5e-3);
        var mean = 1.0;
        for (var step = 1; step <= 600; step++)
        {
            using var scope = NewDisposeScope();
            var car = randn(64, 3, device: run.Device);
            var (fuel, weight, speed) = (car.narrow(1, 0, 1), car.narrow(1, 1, 1), car.narrow(1, 2, 1));
            var range = fuel - 0.5 * weight.abs() - 0.4 * speed.pow(2) + 0.8;
            var loss = functional.mse_loss(model.forward(car), range);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            mean = 0.9 * mean + 0.1 * loss.item<float>();
            if (step % 20 == 0) run.Log(step, mean);
        }
    }
}
