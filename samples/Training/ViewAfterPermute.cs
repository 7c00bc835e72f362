using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ViewAfterPermute;

/// <summary>Adds up what four channels say at every place, channels last.</summary>
internal sealed class ChannelNet : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> hidden = Linear(4 * 6, 32);
    private readonly Module<Tensor, Tensor> sum = Linear(32, 1);

    public ChannelNet() : base(nameof(ChannelNet)) => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        x = x.permute(0, 2, 1);
        x = x.view(x.shape[0], -1);
        return sum.forward(functional.relu(hidden.forward(x)));
    }
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.02)]
    public static void Train(TrainingRun run)
    {
        var signals = randn(128, 4, 6).to(run.Device);
        var targets = signals.sum(2).sum(1, keepdim: true) / 5;

        using var model = new ChannelNet();
        model.to(run.Device);
        var loss = MSELoss();
        var optimizer = optim.Adam(model.parameters(), lr: 5e-3);

        for (var step = 1; step <= 200; step++)
        {
            using var scope = NewDisposeScope();
            var error = loss.forward(model.forward(signals), targets);
            optimizer.zero_grad();
            error.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, error.item<float>());
        }
    }
}
