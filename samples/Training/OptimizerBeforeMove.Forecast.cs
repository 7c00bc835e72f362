using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.OptimizerBeforeMove.Forecast;

/// <summary>Follows a planet around its star: gives the next place from eight places, in double precision.</summary>
internal sealed class OrbitNet : Module<Tensor, Tensor>
{
    private readonly GRU places = GRU(2, 24, batchFirst: true);
    private readonly Linear next = Linear(24, 2);

    public OrbitNet() : base(nameof(OrbitNet)) => RegisterComponents();

    public override Tensor forward(Tensor orbit)
    {
        var (states, _) = places.forward(orbit);
        return next.forward(states.select(1, -1));
    }
}

internal static class Program
{
    private const int Planets = 512, Places = 8;

    // Each of the two coordinates has a variance of about a half.
    [TrainingProgram(LossBelow = 0.02)]
    public static void Train(TrainingRun run)
    {
        var turn = (arange(Places + 1, dtype: float64).unsqueeze(0) * (0.3 + 0.5 * rand(Planets, 1, dtype: float64))
            + rand(Planets, 1, dtype: float64)) * 2 * Math.PI / 2;
        var radius = 0.7 + 0.6 * rand(Planets, 1, 1, dtype: float64);
        var orbits = (stack(new[] { turn.cos(), turn.sin() }, 2) * radius).to(run.Device);

        using var model = new OrbitNet();
        var optimizer = optim.RMSProp(model.parameters(), 3e-3);
        model.to(run.Device, float64);

        for (var step = 1; step <= 300; step++)
        {
            using var scope = NewDisposeScope();
            var orbit = orbits.index_select(0, randint(0, Planets, new long[] { 64 }, device: run.Device));
            var loss = functional.mse_loss(model.forward(orbit.narrow(1, 0, Places)), orbit.select(1, Places));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<double>());
        }
    }
}
