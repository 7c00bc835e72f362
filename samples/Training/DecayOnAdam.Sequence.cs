using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.DecayOnAdam.Sequence;

/// <summary>Remembers the first of a row of numbers until its end.</summary>
internal sealed class Keeper : Module<Tensor, Tensor>
{
    private readonly LSTM memory = LSTM(1, 32, batchFirst: true);
    private readonly Linear first = Linear(32, 1);

    public Keeper() : base(nameof(Keeper)) => RegisterComponents();

    public override Tensor forward(Tensor row)
    {
        var (states, _, _) = memory.forward(row);
        return first.forward(states.select(1, -1));
    }
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.005)]
    public static void Train(TrainingRun run)
    {
        using var model = new Keeper();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 2e-3);

        for (var epoch = 1; epoch <= 50; epoch++)
        {
            var sum = 0.0;
            for (var batch = 0; batch < 20; batch++)
            {
                using var scope = NewDisposeScope();
                var row = rand(64, 12, 1, device: run.Device) * 2 - 1;
                var loss = functional.mse_loss(model.forward(row), row.select(1, 0));
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                sum += loss.item<float>() / 20;
            }
            foreach (var group in optimizer.ParamGroups)
                group.LearningRate *= 0.95;
            run.Log(epoch, sum);
        }
    }
}
