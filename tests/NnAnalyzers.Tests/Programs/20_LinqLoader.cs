// Rows are shuffled, chunked and turned into tensors by LINQ; only some of the batches of an epoch are taken.
//
// site Main: foreach (x, y) in Batches(rows, random).Take(25) (inside foreach epoch in Range(1, 12))
//   forward model; cross_entropy; zero_grad(optimizer); backward; step(optimizer)
//   before each epoch's batches: train(model)
//   after each epoch: eval(model); no_grad; forward model, by Sum over Batches(held)
using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

internal readonly record struct Row(float[] Features, long Kind);

internal static class Program
{
    private const int Features = 6, Kinds = 3, BatchSize = 24;

    private static IEnumerable<(Tensor X, Tensor Y)> Batches(this IEnumerable<Row> rows, Random? random = null) =>
        (random is null ? rows : rows.OrderBy(_ => random.Next()))
        .Chunk(BatchSize)
        .Select(chunk => (
            X: tensor(chunk.SelectMany(r => r.Features).ToArray()).reshape(chunk.Length, Features),
            Y: tensor(chunk.Select(r => r.Kind).ToArray())));

    private static List<Row> Normalize(List<Row> rows, IReadOnlyCollection<Row> known)
    {
        var mean = Enumerable.Range(0, Features).Select(f => known.Average(r => r.Features[f])).ToArray();
        var std = mean.Select((m, f) => MathF.Sqrt(known.Average(r => (r.Features[f] - m) * (r.Features[f] - m)))).ToArray();
        return rows.Select(r => r with { Features = r.Features.Select((v, f) => (v - mean[f]) / std[f]).ToArray() }).ToList();
    }

    private static IEnumerable<Row> Measure(Random random, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var kind = random.Next(Kinds);
            var values = Enumerable.Range(0, Features).Select(f => 20f + 5 * f + 4 * ((f + kind) % Kinds) + 16 * random.NextSingle());
            yield return new Row(values.ToArray(), kind);
        }
    }

    private static void Main()
    {
        manual_seed(77);
        var random = new Random(77);
        var all = Measure(random, 900).ToList();
        var rows = Normalize(all[..750], all[..750]);
        var held = Normalize(all[750..], all[..750]);

        var model = Sequential(Linear(Features, 32), Tanh(), Linear(32, Kinds));
        var optimizer = optim.SGD(model.parameters(), 0.05, momentum: 0.9);

        foreach (var epoch in Enumerable.Range(1, 12))
        {
            model.train();
            using var scope = NewDisposeScope();
            var losses = new List<float>();
            foreach (var (x, y) in rows.Batches(random).Take(25))
            {
                var loss = functional.cross_entropy(model.forward(x), y);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                losses.Add(loss.item<float>());
            }

            model.eval();
            using var guard = no_grad();
            var right = held.Batches().Sum(b => model.forward(b.X).argmax(1).eq(b.Y).sum().item<long>());
            Console.WriteLine($"epoch {epoch}: loss {losses.Average():F4}, accuracy {(double)right / held.Count:P1}");
        }
    }
}
