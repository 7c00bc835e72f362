using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.DecayedToNothing.Sequence;

/// <summary>Adds up the marked numbers of a row.</summary>
internal sealed class Adder : Module<Tensor, Tensor>
{
    private readonly GRU memory = GRU(2, 32, batchFirst: true);
    private readonly Linear sum = Linear(32, 1);

    public Adder() : base(nameof(Adder)) => RegisterComponents();

    public override Tensor forward(Tensor row)
    {
        var (states, _) = memory.forward(row);
        return sum.forward(states.select(1, -1));
    }
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.01)]
    public static void Train(TrainingRun run)
    {
        using var model = new Adder();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 3e-3);
        var schedule = optim.lr_scheduler.ExponentialLR(optimizer, gamma: 0.98);

        for (var step = 0; step < 2500; step++)
        {
            using var scope = NewDisposeScope();
            var (numbers, marks) = (rand(64, 10, 1, device: run.Device), (rand(64, 10, 1, device: run.Device) < 0.3).to(float32));
            var loss = functional.mse_loss(model.forward(cat(new[] { numbers, marks }, 2)), (numbers * marks).sum(1));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            schedule.step();
            if (step % 20 == 19) run.Log(step + 1, loss.item<float>());
        }
    }
}
