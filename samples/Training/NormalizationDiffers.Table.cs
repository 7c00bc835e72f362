using System.Globalization;
using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.NormalizationDiffers.Table;

/// <summary>Writes down what a wine is made of and how it was rated.</summary>
internal static class Cellar
{
    public static void Note(string path, int seed, int wines)
    {
        var random = new Random(seed);
        using var file = new StreamWriter(path);
        for (var i = 0; i < wines; i++)
        {
            var (sugar, acid, alcohol) = (0.5 + 15 * random.NextDouble(), 4 + 5 * random.NextDouble(), 8 + 6 * random.NextDouble());
            var sulfur = 5 + 150 * random.NextDouble();
            var rating = 0.4 * (alcohol - 11) - 0.03 * Math.Pow(sugar - acid, 2) - 0.01 * (sulfur - 60) + 0.5;
            file.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{sugar:F1},{acid:F2},{alcohol:F1},{sulfur:F0},{rating:F3}"));
        }
    }
}

internal static class Program
{
    private static (Tensor Wines, Tensor Ratings) Read(string path)
    {
        var rows = File.ReadLines(path).Select(l => l.Split(',').Select(p => float.Parse(p, CultureInfo.InvariantCulture)).ToArray())
            .ToList();
        return (tensor(rows.SelectMany(r => r.Take(4)).ToArray()).view(-1, 4), tensor(rows.Select(r => r[4]).ToArray()).view(-1, 1));
    }

    /// <summary>What counts is the error on wines that were kept apart.</summary>
    [TrainingProgram(LossBelow = 0.1)]
    public static void Train(TrainingRun run)
    {
        var (known, unknown) = (Path.Combine(run.Folder, "known.csv"), Path.Combine(run.Folder, "unknown.csv"));
        Cellar.Note(known, run.Seed, 1000);
        Cellar.Note(unknown, run.Seed + 1000, 250);
        var (wines, ratings) = Read(known);
        var (testWines, testRatings) = Read(unknown);
        var (mean, deviation) = (wines.mean(new[] { 0L }), wines.std(new[] { 0L }));
        wines = (wines - mean) / deviation;

        using var model = Sequential(Linear(4, 64), ReLU(), Linear(64, 64), ReLU(), Linear(64, 1));
        var optimizer = optim.Adam(model.parameters(), lr: 2e-3);
        for (var step = 1; step <= 600; step++)
        {
            using var scope = NewDisposeScope();
            var batch = randint(0, 1000, new long[] { 64 });
            var loss = functional.mse_loss(model.forward(wines.index_select(0, batch)), ratings.index_select(0, batch));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 != 0) continue;
            using var guard = no_grad();
            run.Log(step, functional.mse_loss(model.forward(testWines), testRatings).item<float>());
        }
    }
}
