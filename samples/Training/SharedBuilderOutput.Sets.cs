using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.SharedBuilderOutput.Sets;

/// <summary>Says which way a beam tips, and how much, from the eight weights that lie on it in any order.</summary>
internal sealed class Beam : Module<Tensor, Tensor>
{
    private readonly Linear weight = Linear(2, 64), arm = Linear(64, 64), sum = Linear(64, 64), tip = Linear(64, 1);

    public Beam() : base(nameof(Beam)) => RegisterComponents();

    private static Tensor Apply(Linear layer, Tensor x) => functional.relu(layer.forward(x));

    public override Tensor forward(Tensor weights)
    {
        var each = Apply(arm, Apply(weight, weights));
        var all = each.mean(new[] { 1L });
        return Apply(tip, Apply(sum, all));
    }
}

internal static class Program
{
    private static (Tensor Weights, Tensor Torque) Load(int count, Device device)
    {
        var weights = rand(count, 8, 2, device: device) * 2 - 1;
        var (mass, place) = (weights.select(2, 0) + 1, weights.select(2, 1));
        // Eight times a mass of mean square 4/3 at a place of mean square 1/3.
        return (weights, (mass * place).sum(1, keepdim: true) / Math.Sqrt(32 / 9.0));
    }

    [TrainingProgram(LossBelow = 0.1)]
    public static void Train(TrainingRun run)
    {
        using var model = new Beam();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 2e-3);

        for (var step = 1; step <= 500; step++)
        {
            using var scope = NewDisposeScope();
            var (weights, torque) = Load(64, run.Device);
            var loss = functional.mse_loss(model.forward(weights), torque);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>());
        }
    }
}
