using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.BatchAxisSecond.Forecast;

/// <summary>Reads how much a tank was filled and emptied in ten hours and says what is in it.</summary>
internal sealed class TankModel : Module<Tensor, Tensor>
{
    private readonly GRU hours;
    private readonly Linear level;

    public TankModel(int size) : base(nameof(TankModel))
    {
        hours = GRU(2, size, numLayers: 1);
        level = Linear(size, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var (states, _) = hours.forward(x);
        return level.forward(states[.., ^1, ..]);
    }
}

internal static class Program
{
    private const int Tanks = 512, Hours = 10;

    // The level has a variance of one.
    [TrainingProgram(LossBelow = 0.05)]
    public static void Train(TrainingRun run)
    {
        var (filled, emptied) = (rand(Tanks, Hours), rand(Tanks, Hours));
        var levels = (filled - emptied).sum(1, keepdim: true);
        levels = (levels / levels.std()).to(run.Device);
        var hours = stack(new[] { filled, emptied }, 2).to(run.Device);

        using var model = new TankModel(24);
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 1e-2);
        for (var epoch = 1; epoch <= 20; epoch++)
        {
            var sum = 0f;
            for (var first = 0; first < Tanks; first += 64)
            {
                using var scope = NewDisposeScope();
                var loss = functional.mse_loss(model.forward(hours.narrow(0, first, 64)), levels.narrow(0, first, 64));
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                sum += loss.item<float>() / 8;
            }
            run.Log(epoch * 8, sum);
        }
    }
}
