using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.Clean;

/// <summary>
/// Weights of another task, loaded; the trunk stays frozen and in eval mode while the head learns. The optimizer is
/// made again after the move, the best model is kept for use and never resumed, pictures are turned only in training.
/// </summary>
public static class FineTuning
{
    private sealed class Network : Module<Tensor, Tensor>
    {
        public readonly Sequential Trunk = Sequential(
            Conv2d(1, 8, 3, padding: 1L, bias: false), BatchNorm2d(8), ReLU(), MaxPool2d(2),
            Conv2d(8, 16, 3, padding: 1L, bias: false), BatchNorm2d(16), ReLU(), AdaptiveAvgPool2d(2));
        public readonly Linear Head;

        public Network(int classes) : base(nameof(Network))
        {
            Head = Linear(64, classes);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x) => Head.forward(Trunk.forward(x).flatten(1));
    }

    /// <summary>Writes what it is given, when it is told to.</summary>
    private sealed class Saver(string folder)
    {
        private readonly List<(string Name, Action<string> Save)> _parts = [];

        public void Add(string name, Action<string> save) => _parts.Add((name, save));

        public void Save()
        {
            foreach (var (name, save) in _parts) save(Path.Combine(folder, name));
        }
    }

    private static Tensor Turned(Tensor pictures, Random random) => random.Next(2) == 0 ? pictures : pictures.flip(3);

    public static void Train(TrainingRun run, int steps)
    {
        var saver = new Saver(run.Folder);
        var pretrained = Path.Combine(run.Folder, "pretrained.dat");
        using (var other = new Network(10)) other.Trunk.save(pretrained);

        using var model = new Network(3);
        model.Trunk.load(pretrained);
        var optimizer = optim.Adam(model.Head.parameters(), 1e-3);
        model.to(run.Device);
        optimizer = optim.Adam(model.Head.parameters(), 1e-3);
        saver.Add("model.dat", path => model.save(path));
        saver.Add("optimizer.dat", path => optimizer.save_state_dict(path)); // the saver hears of it once it is there
        foreach (var parameter in model.Trunk.parameters()) parameter.requires_grad = false;

        var bytes = randint(0, 256, [48, 1, 12, 12], device: run.Device);
        var pictures = bytes.to(ScalarType.Float32) / 255;
        var kinds = (pictures.mean([1, 2, 3]) * 30).to(ScalarType.Int64) % 3;
        var plateau = optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience: 20);
        var (random, best) = (new Random(run.Seed), double.PositiveInfinity);
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            model.train();
            model.Trunk.eval(); // its batch norms keep what they know
            optimizer.zero_grad();
            var loss = functional.cross_entropy(model.forward(Turned(pictures.narrow(0, 0, 32), random)), kinds.narrow(0, 0, 32));
            loss.backward();
            optimizer.step();
            model.eval();
            double held;
            using (no_grad())
                held = functional.cross_entropy(model.forward(pictures.narrow(0, 32, 16)), kinds.narrow(0, 32, 16)).item<float>();
            plateau.step(held);
            if (held < best)
            {
                best = held;
                model.save(Path.Combine(run.Folder, "best.dat"));
            }
            if (step % 50 == 0) saver.Save();
            run.Log(step, loss.item<float>());
        }
    }
}
