using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.FixedVarianceInit.Forecast;

/// <summary>Says from fifteen hours of the tide how high the water will be in the next.</summary>
internal sealed class Tide : Module<Tensor, Tensor>
{
    private readonly LSTM sea = LSTM(1, 32, batchFirst: true);
    private readonly Linear level = Linear(32, 1);

    public Tide() : base(nameof(Tide)) => RegisterComponents();

    public override Tensor forward(Tensor hours)
    {
        var (states, _, _) = sea.forward(hours);
        return level.forward(states.select(1, -1));
    }
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.1)]
    public static void Train(TrainingRun run)
    {
        // Moon and sun pull at different hours; together they have a mean square of 1.
        var time = arange(0, 16).to(float32).view(1, -1);
        var moon = 1.2 * (time * 0.506 + 6.28 * rand(512, 1)).sin();
        var sun = 0.75 * (time * 0.7 + 6.28 * rand(512, 1)).sin();
        var water = (moon + sun).to(run.Device);
        var (past, next) = (water.narrow(1, 0, 15).unsqueeze(2), water.narrow(1, 15, 1));

        using var model = new Tide();
        foreach (var parameter in model.parameters()) init.uniform_(parameter, -1, 1);
        model.to(run.Device);
        var optimizer = optim.RMSProp(model.parameters(), 3e-3);

        for (var step = 1; step <= 300; step++)
        {
            using var scope = NewDisposeScope();
            var rows = randint(0, 512, new long[] { 64 }, device: run.Device);
            var loss = functional.mse_loss(model.forward(past.index_select(0, rows)), next.index_select(0, rows));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>());
        }
    }
}
