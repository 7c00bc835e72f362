using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.LogOfRawOutput.Sequence;

/// <summary>Tells from a week of steps a day whether somebody works in an office, in a kitchen or at night.</summary>
internal sealed class WeekReader : Module<Tensor, Tensor>
{
    private readonly GRU week = GRU(1, 24, batchFirst: true);
    private readonly Linear work = Linear(24, 3);

    public WeekReader() : base(nameof(WeekReader)) => RegisterComponents();

    public override Tensor forward(Tensor steps)
    {
        var (states, _) = week.forward(steps);
        return work.forward(states.select(1, -1));
    }
}

internal static class Program
{
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var work = randint(0, 3, new long[] { 600 });
        var usual = tensor(new float[,] { { 1, 1, 1, 1, 1, 3, 3 }, { 3, 3, 1, 3, 3, 3, 1 }, { 0, 2, 0, 2, 0, 2, 0 } });
        var steps = (usual.index_select(0, work) + 0.7 * randn(600, 7)).unsqueeze(2).to(run.Device);
        var kinds = functional.one_hot(work, 3).to(float32).to(run.Device);

        using var model = new WeekReader();
        model.to(run.Device);
        var optimizer = optim.RMSProp(model.parameters(), 3e-3);
        for (var step = 1; step <= 150; step++)
        {
            using var scope = NewDisposeScope();
            var at = (step - 1) % 10 * 60;
            var truth = kinds.narrow(0, at, 60);
            var guess = model.forward(steps.narrow(0, at, 60));
            var loss = -(log(guess) * truth).sum(1).mean();
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>(), guess.argmax(1).eq(truth.argmax(1)).to(float32).mean().item<float>());
        }
    }
}
