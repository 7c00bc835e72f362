// Batches are read from files without blocking; the step itself is an ordinary method.
//
// site TrainAsync: await foreach (x, y) in ReadAsync(files, shuffled) (inside for epoch, 5 times)
//   in Step: zero_grad(optimizer); forward model; mse_loss; backward; step(optimizer)
//   before each epoch's batches: train(model)
//   after each epoch: eval(model); no_grad; forward model; await a line written to the log
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

public sealed class PowerModel : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> net = Sequential(Linear(4, 32), SiLU(), Linear(32, 32), SiLU(), Linear(32, 1));

    public PowerModel() : base(nameof(PowerModel)) => RegisterComponents();

    public override Tensor forward(Tensor weather) => net.forward(weather);
}

public static class Program
{
    public static async Task Main()
    {
        using var cancel = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        var files = await WriteMeasurementsAsync("measurements", 24, cancel.Token);
        torch.random.manual_seed(31);
        await TrainAsync(new PowerModel(), files[..20], files[20..], epochs: 5, cancel.Token);
    }

    private static async Task TrainAsync(PowerModel model, string[] files, string[] held, int epochs, CancellationToken cancel)
    {
        var random = new Random(31);
        using var optimizer = optim.Adam(model.parameters(), lr: 3e-3);
        await using var log = new StreamWriter("log.csv");
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            model.train();
            var (loss, batches) = (0f, 0);
            await foreach (var (x, y) in ReadAsync(files.OrderBy(_ => random.Next()), cancel))
            {
                loss += Step(model, optimizer, x, y);
                batches++;
            }

            model.eval();
            var error = 0f;
            await foreach (var (x, y) in ReadAsync(held, cancel)) error += Error(model, x, y) / held.Length;
            await log.WriteLineAsync(FormattableString.Invariant($"{epoch},{loss / batches},{error}"));
            Console.WriteLine($"epoch {epoch}: {loss / batches:F4} {error:F4}");
        }
    }

    private static float Step(PowerModel model, optim.Optimizer optimizer, Tensor x, Tensor y)
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        var loss = functional.mse_loss(model.forward(x), y);
        loss.backward();
        optimizer.step();
        return loss.item<float>();
    }

    private static float Error(PowerModel model, Tensor x, Tensor y)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        return functional.mse_loss(model.forward(x), y).item<float>();
    }

    private static async IAsyncEnumerable<(Tensor X, Tensor Y)> ReadAsync(
        IEnumerable<string> files, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        foreach (var file in files)
        {
            var lines = await File.ReadAllLinesAsync(file, cancel);
            var values = lines.SelectMany(l => l.Split(',')).Select(v => float.Parse(v, CultureInfo.InvariantCulture)).ToArray();
            using var table = tensor(values).view(lines.Length, 5);
            using var x = table.narrow(1, 0, 4).contiguous();
            using var y = table.narrow(1, 4, 1).contiguous();
            yield return (x, y);
        }
    }

    /// <summary>Standardized weather and the power a wind wheel made of it.</summary>
    private static async Task<string[]> WriteMeasurementsAsync(string folder, int count, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        var random = new Random(2);
        var files = Enumerable.Range(0, count).Select(i => Path.Combine(folder, $"{i:D3}.csv")).ToArray();
        foreach (var file in files)
            await File.WriteAllLinesAsync(file, Enumerable.Range(0, 48).Select(_ =>
            {
                var w = Enumerable.Range(0, 4).Select(_ => 3.46 * (random.NextDouble() - 0.5)).ToArray();
                var power = Math.Tanh(w[0]) + 0.3 * w[1] * w[2];
                return string.Join(',', w.Append(power).Select(v => v.ToString("F4", CultureInfo.InvariantCulture)));
            }), cancel);
        return files;
    }
}
