using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.NormNeverFilled.Sequence;

/// <summary>One part of the model: what is added is normalized in groups first.</summary>
internal sealed class Part : Module<Tensor, Tensor>
{
    private readonly GroupNorm groups;
    private readonly Conv1d add;

    public Part(int size) : base(nameof(Part))
    {
        groups = GroupNorm(4, size);
        add = Conv1d(size, size, 3, padding: 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => x + add.forward(groups.forward(x).relu());
}

/// <summary>How wet the ground is on each of twelve days, by the rain, sun and wind of that day and the two before.</summary>
internal static class Program
{
    // The wetness has a variance of 0.3.
    [TrainingProgram(LossBelow = 0.03)]
    public static void Train(TrainingRun run)
    {
        using var model = Sequential(Conv1d(3, 24, 3, padding: 1), new Part(24), new Part(24), Conv1d(24, 1, 1));
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 3e-3);
        var criterion = MSELoss();
        var mean = 1.0;
        for (var step = 1; step <= 240; step++)
        {
            using var scope = NewDisposeScope();
            var days = randn(32, 3, 12, device: run.Device);
            var left = days.narrow(1, 0, 1) - 0.5 * days.narrow(1, 1, 1).abs() * days.narrow(1, 2, 1).sigmoid();
            var wet = left + 0.5 * functional.pad(left, new long[] { 1, 0 }).narrow(2, 0, 12)
                + 0.25 * functional.pad(left, new long[] { 2, 0 }).narrow(2, 0, 12);
            var loss = criterion.forward(model.forward(days), wet.relu());
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            mean = 0.95 * mean + 0.05 * loss.item<float>();
            if (step % 20 == 0) run.Log(step, mean);
        }
    }
}
