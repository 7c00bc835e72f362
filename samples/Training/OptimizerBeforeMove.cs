using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.OptimizerBeforeMove;

/// <summary>Predicts the swing of a pendulum, in double precision.</summary>
internal sealed class PendulumNet : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> hidden = Linear(2, 32);
    private readonly Module<Tensor, Tensor> swing = Linear(32, 1);

    public PendulumNet() : base(nameof(PendulumNet)) => RegisterComponents();

    public override Tensor forward(Tensor x) => swing.forward(functional.tanh(hidden.forward(x)));
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.01)]
    public static void Train(TrainingRun run)
    {
        var state = (rand(256, 2, dtype: float64) * 2 - 1).to(run.Device);
        var next = (state.select(1, 0) + 0.1 * state.select(1, 1) - 0.5 * state.select(1, 0).sin()).unsqueeze(1);

        using var model = new PendulumNet();
        var optimizer = optim.Adam(model.parameters(), lr: 1e-2);
        model.to(run.Device, float64);
        var loss = MSELoss();

        for (var step = 1; step <= 200; step++)
        {
            using var scope = NewDisposeScope();
            var error = loss.forward(model.forward(state), next);
            optimizer.zero_grad();
            error.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, error.item<double>());
        }
    }
}
