using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace NnAnalyzers.Samples.ActivationSkipped.Value;

/// <summary>How many steps a robot needs to its charger around a wall.</summary>
internal sealed class StepsLeft : nn.Module<Tensor, Tensor>
{
    private readonly Linear _place = nn.Linear(4, 24);
    private readonly Linear _wall = nn.Linear(24, 24);
    private readonly Linear _way = nn.Linear(24, 24);
    private readonly Linear _steps = nn.Linear(24, 1);
    private readonly LayerNorm _even1 = nn.LayerNorm(24), _even2 = nn.LayerNorm(24), _even3 = nn.LayerNorm(24);

    public StepsLeft() : base(nameof(StepsLeft)) => RegisterComponents();

    public override Tensor forward(Tensor state)
    {
        var x = _even1.forward(_place.forward(state)).relu();
        x = _even2.forward(_wall.forward(x));
        x = _even3.forward(_way.forward(x)).relu();
        return _steps.forward(x);
    }
}

internal static class Program
{
    /// <summary>The robot is left of the wall and the charger right of it; the way leads over the upper or the lower end.</summary>
    private static Tensor Steps(Tensor robot, Tensor charger)
    {
        var end = tensor(new[] { 0f, 0.8f, 0f, -0.8f }).view(2, 1, 2).to(robot.device);
        var ways = (end - robot).norm(2) + (end - charger).norm(2);
        return ways.amin(new[] { 0L }).unsqueeze(1);
    }

    // The steps have a variance of about one.
    [TrainingProgram(LossBelow = 0.05)]
    public static void Train(TrainingRun run)
    {
        using var model = new StepsLeft();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 5e-3);
        var mean = 1.0;
        for (var step = 1; step <= 400; step++)
        {
            using var scope = NewDisposeScope();
            var places = rand(64, 4, device: run.Device);
            var robot = stack(new[] { -places[.., 0], 2 * places[.., 1] - 1 }, 1);
            var charger = stack(new[] { places[.., 2], 2 * places[.., 3] - 1 }, 1);
            var steps = (Steps(robot, charger) - 1.6) / 0.44;
            var loss = nn.functional.mse_loss(model.forward(cat(new[] { robot, charger }, 1)), steps);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            mean = 0.95 * mean + 0.05 * loss.item<float>();
            if (step % 20 == 0) run.Log(step, mean);
        }
    }
}
