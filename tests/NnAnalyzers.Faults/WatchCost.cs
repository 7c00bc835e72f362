using System.Diagnostics;

namespace NnAnalyzers.Faults;

/// <summary>
/// A training loop bare and watched, turn by turn; the best of many turns each, since what disturbs a turn only makes it longer.
/// </summary>
internal static class WatchCost
{
    public static void Print()
    {
        foreach (var (name, make) in new (string, Func<Setup>)[]
        {
            ("MLP 64-256-256-1, batch 128",
                () => Healthy.Regression(Sequential(Linear(64, 256), ReLU(), Linear(256, 256), ReLU(), Linear(256, 1)), 64, 128)),
            ("CNN of six convolutions, 32 filters, batch 16 of 16 × 16", () => Healthy.Pictures(Sequential(Enumerable.Range(0, 6)
                .SelectMany(i => new nn.Module<Tensor, Tensor>[] { Conv2d(i == 0 ? 1 : 32, 32, 3, padding: 1L), ReLU() }).Append(Flatten())
                .Append(Linear(32 * 256, 4)).ToArray()), size: 16)),
        })
        {
            using var scope = NewDisposeScope();
            random.manual_seed(0);
            var setup = make();
            using var optimizer = optim.Adam(setup.Model.parameters(), 1e-4);
            double Turn(TrainingMonitor? monitor)
            {
                var watch = Stopwatch.StartNew();
                for (var step = 0; step < 64; step++)
                {
                    using var inner = NewDisposeScope();
                    using var look = monitor?.Watch(setup.Model, optimizer);
                    optimizer.zero_grad();
                    setup.Loss(setup.Forward(setup.Input), setup.Target).backward();
                    optimizer.step();
                }
                return watch.Elapsed.TotalMilliseconds;
            }
            var monitor = new TrainingMonitor();
            var (bare, watched) = (double.MaxValue, double.MaxValue);
            for (var turn = 0; turn < 60; turn++)
            {
                bare = Math.Min(bare, Turn(null));
                watched = Math.Min(watched, Turn(monitor));
            }
            Console.WriteLine($"{name}: bare {bare / 64:0.000} ms a step, watched {watched / 64:0.000} ms, ratio {watched / bare:0.000}");
        }
    }
}
