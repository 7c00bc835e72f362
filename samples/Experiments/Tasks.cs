using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.Experiments;

/// <summary>Three small tasks of different kinds, each learned by an optimizer that the experiment chooses.</summary>
internal static class Tasks
{
    /// <summary>Six standardized columns to one number, by a network of three layers; the loss is that of all rows.</summary>
    public static void Table(TrainingRun run, Func<IEnumerable<Parameter>, optim.Optimizer> make, int steps = 1000)
    {
        var columns = randn(768, 6).to(run.Device);
        var truth = (columns.narrow(1, 0, 1) * columns.narrow(1, 1, 1)).tanh() + columns.narrow(1, 2, 1).sin()
            - 0.5f * columns.narrow(1, 3, 1);
        using var model = Sequential(Linear(6, 64), ReLU(), Linear(64, 64), ReLU(), Linear(64, 1));
        model.to(run.Device);
        var optimizer = make(model.parameters());
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            var rows = randint(0, 768, 64, device: run.Device);
            optimizer.zero_grad();
            functional.mse_loss(model.forward(columns.index_select(0, rows)), truth.index_select(0, rows)).backward();
            optimizer.step();
            if (step % 25 != 0) continue;
            using var _ = no_grad();
            run.Log(step, functional.mse_loss(model.forward(columns), truth).item<float>());
        }
    }

    private sealed class Convolutional : Module<Tensor, Tensor>
    {
        private readonly Sequential layers = Sequential(Conv2d(1, 8, 3, padding: 1), ReLU(), MaxPool2d(2),
            Conv2d(8, 16, 3, padding: 1), ReLU(), MaxPool2d(2), Flatten(), Linear(16 * 4 * 4, 4));

        public Convolutional() : base(nameof(Convolutional)) => RegisterComponents();

        public override Tensor forward(Tensor x) => layers.forward(x);
    }

    /// <summary>
    /// Which of four ways stripes run, in noise, by two convolutions; the metric is the share of other pictures told right.
    /// </summary>
    public static void Picture(TrainingRun run, Func<IEnumerable<Parameter>, optim.Optimizer> make, int steps = 300)
    {
        (Tensor, Tensor) Stripes(int count)
        {
            var kinds = randint(0, 4, count, dtype: int64);
            var angle = kinds.to(float32).mul(MathF.PI / 4).reshape(-1, 1, 1);
            var at = arange(16, dtype: float32);
            var wave = (at.reshape(1, 1, 16) * angle.cos() + at.reshape(1, 16, 1) * angle.sin()) * 1.3f + rand(count, 1, 1) * 6.28f;
            return ((wave.sin() + randn(count, 16, 16) * 0.8f).unsqueeze(1).to(run.Device), kinds.to(run.Device));
        }

        var (pictures, kinds) = Stripes(512);
        var (testPictures, testKinds) = Stripes(256);
        using var model = new Convolutional();
        model.to(run.Device);
        var optimizer = make(model.parameters());
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            var rows = randint(0, 512, 32, device: run.Device);
            optimizer.zero_grad();
            var loss = functional.cross_entropy(model.forward(pictures.index_select(0, rows)), kinds.index_select(0, rows));
            loss.backward();
            optimizer.step();
            if (step % 20 != 0) continue;
            using var _ = no_grad();
            run.Log(step, loss.item<float>(), model.forward(testPictures).argmax(1).eq(testKinds).to(float32).mean().item<float>());
        }
    }

    private sealed class Recurrent : Module<Tensor, Tensor>
    {
        private readonly GRU memory = GRU(1, 24, batchFirst: true);
        private readonly Linear next = Linear(24, 1);

        public Recurrent() : base(nameof(Recurrent)) => RegisterComponents();

        public override Tensor forward(Tensor x)
        {
            var (states, _) = memory.forward(x);
            return next.forward(states.select(1, -1));
        }
    }

    /// <summary>The next value of a wave with an overtone, from its last twenty, by a GRU; the loss is that of the batch.</summary>
    public static void Sequence(TrainingRun run, Func<IEnumerable<Parameter>, optim.Optimizer> make, int steps = 600)
    {
        using var model = new Recurrent();
        model.to(run.Device);
        var optimizer = make(model.parameters());
        var time = arange(0, 21, dtype: float32, device: run.Device).unsqueeze(0);
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            var (phase, speed) = (rand(64, 1, device: run.Device) * 6.28f, 0.2f + rand(64, 1, device: run.Device) * 0.4f);
            var signal = (time * speed + phase).sin() + 0.3f * (time * speed * 3 + phase).sin();
            var loss = functional.mse_loss(model.forward(signal.narrow(1, 0, 20).unsqueeze(2)), signal.narrow(1, 20, 1));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 25 == 0) run.Log(step, loss.item<float>());
        }
    }
}
