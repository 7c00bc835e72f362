using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.Experiments;

/// <summary>The networks that the claims on architecture are about.</summary>
internal static class Architectures
{
    /// <summary>Six columns to one number, by so many layers of 64 with an activation between.</summary>
    public static void Deep(TrainingRun run, int layers, Func<Module<Tensor, Tensor>> activation)
    {
        var columns = randn(768, 6).to(run.Device);
        var truth = (columns.narrow(1, 0, 1) * columns.narrow(1, 1, 1)).tanh() + columns.narrow(1, 2, 1).sin()
            - 0.5f * columns.narrow(1, 3, 1);
        Fit(run, Stack(6, layers, activation, 1), columns, truth, (p, t) => functional.mse_loss(p, t), 1000);
    }

    /// <summary>Which of three discs on a picture of 12 × 12 is the brightest, from its pixels, by so many layers.</summary>
    public static void DeepOnPixels(TrainingRun run, int layers, Func<Module<Tensor, Tensor>> activation)
    {
        var bright = rand(768, 3);
        var pictures = randn(768, 144) * 0.2f;
        foreach (var (place, i) in new[] { 26, 78, 115 }.Select((p, i) => (p, i)))
            foreach (var near in new[] { -12, -1, 0, 1, 12 }) pictures[TensorIndex.Colon, place + near] += bright[TensorIndex.Colon, i];
        Fit(run, Stack(144, layers, activation, 3), pictures.to(run.Device), bright.argmax(1).to(run.Device),
            (p, t) => functional.cross_entropy(p, t), 1000);
    }

    private static Module<Tensor, Tensor> Stack(int from, int layers, Func<Module<Tensor, Tensor>> activation, int to)
    {
        var model = Sequential();
        for (var i = 1; i < layers; i++) model = model.append(Linear(i == 1 ? from : 64, 64)).append(activation());
        return model.append(Linear(64, to));
    }

    private static void Fit(TrainingRun run, Module<Tensor, Tensor> model, Tensor x, Tensor y, Func<Tensor, Tensor, Tensor> loss, int steps)
    {
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), 1e-3);
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            var rows = randint(0, x.shape[0], 64, device: run.Device);
            optimizer.zero_grad();
            loss(model.forward(x.index_select(0, rows)), y.index_select(0, rows)).backward();
            optimizer.step();
            if (step % 50 != 0) continue;
            using var _ = no_grad();
            run.Log(step, loss(model.forward(x), y).item<float>());
        }
    }

    /// <summary>
    /// Squares, disks and crosses anywhere on a picture of 24 × 24, by three convolutions; the metric is the share of other pictures told
    /// right.
    /// </summary>
    /// <param name="pool">Pools behind every convolution.</param>
    /// <param name="shift">How far from the middle a shape may be, in pixels.</param>
    /// <param name="seconds">Trains for so long instead of 200 steps; what was reached is logged at the end.</param>
    public static void Shifted(TrainingRun run, bool pool, int filters = 8, double shift = 8, double? seconds = null)
    {
        (Tensor, Tensor) Shapes(int count)
        {
            var kind = randint(0, 3, count, dtype: int64);
            var (row, column) = ((rand(count, 1, 1) * 2 - 1) * shift + 12, (rand(count, 1, 1) * 2 - 1) * shift + 12);
            var (dy, dx) = (arange(24, dtype: float32).reshape(1, 24, 1) - row, arange(24, dtype: float32).reshape(1, 1, 24) - column);
            var square = dy.abs().maximum(dx.abs()).lt(3).to(float32);
            var all = stack(new[] { square, (dy.pow(2) + dx.pow(2)).lt(11).to(float32),
                dy.abs().minimum(dx.abs()).lt(1).to(float32) * square }, 1).to(float32);
            var drawn = all.gather(1, kind.reshape(-1, 1, 1, 1).expand(-1, 1, 24, 24));
            return ((drawn + randn(count, 1, 24, 24) * 0.2f).to(run.Device), kind.to(run.Device));
        }

        var (pictures, kinds) = Shapes(384);
        var (testPictures, testKinds) = Shapes(256);
        var model = Sequential();
        for (var i = 0; i < 3; i++)
        {
            model = model.append(Conv2d(i == 0 ? 1 : filters, filters, 3, padding: 1)).append(ReLU());
            if (pool) model = model.append(MaxPool2d(2));
        }
        model = model.append(Flatten()).append(Linear(filters * (pool ? 9 : 576), 3));
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), 1e-3);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        for (var step = 1; seconds is { } s ? watch.Elapsed.TotalSeconds < s : step <= 200; step++)
        {
            using var scope = NewDisposeScope();
            var rows = randint(0, 384, 32, device: run.Device);
            optimizer.zero_grad();
            var loss = functional.cross_entropy(model.forward(pictures.index_select(0, rows)), kinds.index_select(0, rows));
            loss.backward();
            optimizer.step();
            if (step % 20 != 0) continue;
            using var _ = no_grad();
            run.Log(step, loss.item<float>(), model.forward(testPictures).argmax(1).eq(testKinds).to(float32).mean().item<float>());
        }
    }
}
