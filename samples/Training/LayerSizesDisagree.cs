using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.LayerSizesDisagree;

/// <summary>Measures how bright a picture is; the numbers were copied from a network for larger pictures.</summary>
internal sealed class BrightnessNet : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> conv = Conv2d(1, 8, kernel_size: 3, padding: 1);
    private readonly Module<Tensor, Tensor> brightness = Linear(8 * 14 * 14, 1);

    public BrightnessNet() : base(nameof(BrightnessNet)) => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        x = functional.max_pool2d(functional.relu(conv.forward(x)), 2);
        return brightness.forward(x.flatten(1));
    }
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.01)]
    public static void Train(TrainingRun run)
    {
        var targets = randn(128, 1).to(run.Device);
        var pictures = targets.view(128, 1, 1, 1) + 0.2 * randn(128, 1, 16, 16).to(run.Device);

        using var model = new BrightnessNet();
        model.to(run.Device);
        var loss = MSELoss();
        var optimizer = optim.Adam(model.parameters(), lr: 2e-3);

        for (var step = 1; step <= 200; step++)
        {
            using var scope = NewDisposeScope();
            var error = loss.forward(model.forward(pictures), targets);
            optimizer.zero_grad();
            error.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, error.item<float>());
        }
    }
}
