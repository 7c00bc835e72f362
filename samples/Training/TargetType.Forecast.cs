using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.TargetType.Forecast;

/// <summary>Water in a river three days from now, by a week of rain.</summary>
internal sealed class River : Module<Tensor, Tensor>
{
    private readonly Linear ground = Linear(7, 32), water = Linear(32, 1);

    public River() : base(nameof(River)) => RegisterComponents();

    public override Tensor forward(Tensor rain) => water.forward(functional.relu(ground.forward(rain)));
}

internal static class Program
{
    private sealed record Week(float[] Rain, double Water);

    private static Week Observe(Random sky)
    {
        var rain = Enumerable.Range(0, 7).Select(_ => (float)(2 * sky.NextDouble() - 1)).ToArray();
        var held = rain.Select((drops, day) => drops * Math.Pow(0.8, 6 - day)).Sum();
        // What the ground can hold does not come down.
        return new Week(rain, Math.Max(held, 0) * 2.5 - 1.0);
    }

    // The water has a variance of about 1.9.
    [TrainingProgram(LossBelow = 0.05)]
    public static void Train(TrainingRun run)
    {
        var sky = new Random(run.Seed);
        var weeks = Enumerable.Range(0, 512).Select(_ => Observe(sky)).ToList();
        var rain = tensor(weeks.SelectMany(w => w.Rain).ToArray(), new long[] { weeks.Count, 7 }).to(run.Device);
        var water = tensor(weeks.Select(w => w.Water).ToArray()).unsqueeze(1).to(run.Device);

        using var river = new River();
        river.to(run.Device);
        var criterion = MSELoss();
        var optimizer = optim.Adam(river.parameters(), 5e-3);
        for (var epoch = 1; epoch <= 50; epoch++)
        {
            var total = 0f;
            for (var first = 0; first < weeks.Count; first += 64)
            {
                using var scope = NewDisposeScope();
                var loss = criterion.forward(river.forward(rain.narrow(0, first, 64)), water.narrow(0, first, 64));
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                total += loss.item<float>() / 8;
            }
            run.Log(epoch * 8, total);
        }
    }
}
