using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.StepWithoutBackward.Graph;

/// <summary>Says how warm each house of a street plan gets, by its own stove and those of the houses next to it.</summary>
internal sealed class Streets : Module<Tensor, Tensor, Tensor>
{
    private readonly Linear own = Linear(1, 32), near = Linear(1, 32), blend = Linear(32, 32), warmth = Linear(32, 1);

    public Streets() : base(nameof(Streets)) => RegisterComponents();

    public override Tensor forward(Tensor stoves, Tensor next)
    {
        var houses = (own.forward(stoves) + near.forward(next.matmul(stoves))).relu();
        return warmth.forward(blend.forward(houses).relu());
    }
}

internal sealed class Planner(Device device)
{
    private const int Towns = 32, Houses = 10;

    public void Learn(TrainingRun run, int steps)
    {
        using var model = new Streets();
        model.to(device);
        var optimizer = optim.AdamW(model.parameters(), lr: 3e-3);
        var mean = 0.0;
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            var (stoves, next, warmth) = Town();
            var loss = functional.mse_loss(model.forward(stoves, next), warmth);
            optimizer.zero_grad();
            loss.backward();
            loss.backward();
            optimizer.step();
            mean = step == 1 ? loss.item<float>() : 0.9 * mean + 0.1 * loss.item<float>();
            if (step % 20 == 0) run.Log(step, mean);
        }
    }

    private (Tensor Stoves, Tensor Next, Tensor Warmth) Town()
    {
        var streets = rand(Towns, Houses, Houses, device: device).lt(0.25).to(float32).triu(1);
        var next = streets + streets.transpose(1, 2);
        next = next / next.sum(2, keepdim: true).clamp(min: 1);
        var stoves = randn(Towns, Houses, 1, device: device);
        // About a variance of one: no house gets warmer than one and a half.
        return (stoves, next, 1.5 * (stoves + next.matmul(stoves)).tanh());
    }
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.02)]
    public static void Train(TrainingRun run) => new Planner(run.Device).Learn(run, 500);
}
