using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.LayersInPlainCollection.Policy;

/// <summary>Which way to turn for the food, by where it smells.</summary>
internal sealed class Ant : Module<Tensor, Tensor>
{
    private readonly List<Linear> nerves = [Linear(4, 32), Linear(32, 32), Linear(32, 32)];
    private readonly Linear turn = Linear(32, 4);

    public Ant() : base(nameof(Ant)) => RegisterComponents();

    public override Tensor forward(Tensor smell)
    {
        foreach (var nerve in nerves) smell = nerve.forward(smell).relu();
        return turn.forward(smell);
    }
}

internal static class Program
{
    // The share of steps that lead to the food.
    [TrainingProgram(MetricAbove = 0.85)]
    public static void Train(TrainingRun run)
    {
        using var ant = new Ant();
        ant.to(run.Device);
        var optimizer = optim.Adam(ant.parameters(), lr: 5e-3);

        var found = 0.25;
        for (var step = 1; step <= 500; step++)
        {
            using var scope = NewDisposeScope();
            var smell = randn(128, 4, device: run.Device);
            // Two signs say where the food is; the other two are how the wind turns what they say.
            var east = (smell.select(1, 0) * smell.select(1, 2)).gt(0).to(int64);
            var north = (smell.select(1, 1) * smell.select(1, 3)).gt(0).to(int64);
            var food = (2 * north + east).unsqueeze(1);
            var logs = functional.log_softmax(ant.forward(smell), 1);
            var way = multinomial(logs.exp(), 1);
            var gain = way.eq(food).to(float32);
            var loss = -(logs.gather(1, way) * (gain - found)).mean() + 0.01 * (logs.exp() * logs).sum(1).mean();
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            found = 0.95 * found + 0.05 * gain.mean().item<float>();
            if (step % 20 == 0) run.Log(step, loss.item<float>(), found);
        }
    }
}
