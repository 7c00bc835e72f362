using System.Globalization;
using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.InputsNotNormalized.Table;

/// <summary>What an agency notes of the flats it sells: floor space, year, meters to the center, rooms, income around.</summary>
internal static class Agency
{
    public static void Note(string path, int seed, int flats)
    {
        var random = new Random(seed);
        using var file = new StreamWriter(path);
        file.WriteLine("space,year,distance,rooms,income,price");
        for (var i = 0; i < flats; i++)
        {
            var (space, year) = (30 + 120 * random.NextDouble(), random.Next(1900, 2025));
            var (distance, income) = (20000 * random.NextDouble(), 18000 + 60000 * random.NextDouble());
            var rooms = Math.Max(1, (int)(space / 25 + random.NextDouble()));
            var price = 0.004 * space * (1 - distance / 30000) + 0.1 * rooms + (year > 1990 ? 0.1 : 0) + income / 2e5;
            file.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{space:F1},{year},{distance:F0},{rooms},{income:F0},{price:F4}"));
        }
    }
}

internal static class Program
{
    /// <summary>Five features of each flat, and its price in millions.</summary>
    private static (Tensor Flats, Tensor Prices) Read(string path)
    {
        var (flats, prices) = (new List<float>(), new List<float>());
        foreach (var line in File.ReadLines(path).Skip(1))
        {
            var parts = line.Split(',');
            for (var i = 0; i < 5; i++) flats.Add(float.Parse(parts[i], CultureInfo.InvariantCulture));
            prices.Add(float.Parse(parts[5], CultureInfo.InvariantCulture));
        }
        return (tensor(flats).view(-1, 5), tensor(prices).view(-1, 1));
    }

    [TrainingProgram(LossBelow = 0.003)]
    public static void Train(TrainingRun run)
    {
        var file = Path.Combine(run.Folder, "flats.csv");
        Agency.Note(file, run.Seed, 2000);
        var (flats, prices) = Read(file);
        (flats, prices) = (flats.to(run.Device), prices.to(run.Device));

        using var model = Sequential(Linear(5, 64), ReLU(), Linear(64, 64), ReLU(), Linear(64, 1));
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 1e-3);
        for (var step = 1; step <= 1000; step++)
        {
            using var scope = NewDisposeScope();
            var batch = randint(0, 2000, new long[] { 64 }, device: run.Device);
            var loss = functional.mse_loss(model.forward(flats.index_select(0, batch)), prices.index_select(0, batch));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>());
        }
    }
}
