using System.Globalization;
using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.InputsNotNormalized.Sequence;

/// <summary>A station that writes down every hour: air pressure in pascal, temperature in kelvin, humidity in percent.</summary>
internal static class Station
{
    public static void Record(string path, int seed, int hours)
    {
        var random = new Random(seed);
        using var file = new StreamWriter(path);
        var (pressure, trend) = (101300.0, 0.0);
        for (var hour = 0; hour < hours; hour++)
        {
            trend = 0.9 * trend + 60 * (random.NextDouble() - 0.5);
            pressure += trend - 0.02 * (pressure - 101300);
            var temperature = 288 + 6 * Math.Sin(hour * Math.PI / 12) + random.NextDouble() - trend / 60;
            var humidity = Math.Clamp(60 - trend / 3 + 10 * (random.NextDouble() - 0.5), 0, 100);
            file.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{pressure:F0};{temperature:F1};{humidity:F0}"));
        }
    }
}

/// <summary>Says from one day how much the pressure changes in the next hour, in hectopascal.</summary>
internal sealed class Barometer : Module<Tensor, Tensor>
{
    private readonly GRU memory = GRU(3, 32, batchFirst: true);
    private readonly Linear change = Linear(32, 1);

    public Barometer() : base(nameof(Barometer)) => RegisterComponents();

    public override Tensor forward(Tensor day)
    {
        var (states, _) = memory.forward(day);
        return change.forward(states.select(1, -1));
    }
}

internal static class Program
{
    [TrainingProgram(LossBelow = 0.06)]
    public static void Train(TrainingRun run)
    {
        var file = Path.Combine(run.Folder, "hours.txt");
        Station.Record(file, run.Seed, 3000);
        var values = File.ReadAllLines(file).SelectMany(l => l.Split(';')).Select(v => float.Parse(v, CultureInfo.InvariantCulture));
        var hours = tensor(values.ToArray()).view(-1, 3).to(run.Device);
        var days = hours.unfold(0, 24, 1).transpose(1, 2).narrow(0, 0, 2976).contiguous();
        var changes = (hours.narrow(0, 24, 2976).narrow(1, 0, 1) - hours.narrow(0, 23, 2976).narrow(1, 0, 1)) / 100;

        using var model = new Barometer();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 3e-3);
        for (var step = 1; step <= 600; step++)
        {
            using var scope = NewDisposeScope();
            var batch = randint(0, 2976, new long[] { 64 }, device: run.Device);
            var loss = functional.mse_loss(model.forward(days.index_select(0, batch)), changes.index_select(0, batch));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>());
        }
    }
}
