using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.Clean;

/// <summary>
/// Pictures between 0 and 1 grow behind a sigmoid of the same range. The kind of normalization is handed in,
/// weights come from an earlier run, and the model moves only before its optimizer is made and after the last step.
/// </summary>
public static class SuperResolution
{
    private sealed class Network : Module<Tensor, Tensor>
    {
        private readonly Sequential body;
        private readonly Conv2d leave = Conv2d(16, 4, 3, padding: 1L);

        public Network(Func<int, Module<Tensor, Tensor>> norm) : base(nameof(Network))
        {
            body = Sequential(
                Conv2d(1, 16, 3, padding: 1L, bias: false), norm(16), ReLU(),
                Conv2d(16, 16, 3, padding: 1L, bias: false), ReLU(), norm(16));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x) => functional.pixel_shuffle(leave.forward(body.forward(x)), 2).sigmoid();
    }

    public static void Train(TrainingRun run, int steps)
    {
        var large = rand(16, 1, 12, 12, device: run.Device);
        var small = functional.avg_pool2d(large, 2);
        var earlier = Path.Combine(run.Folder, "earlier.dat");
        using (var first = new Network(c => BatchNorm2d(c))) first.save(earlier);

        using var model = new Network(c => BatchNorm2d(c));
        model.load(earlier);
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), 1e-3);
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = functional.l1_loss(model.forward(small), large);
            loss.backward();
            optimizer.step();
            run.Log(step, loss.item<float>());
        }
        model.cpu();
        model.eval();
        using var guard = no_grad();
        using var grown = model.forward(small.narrow(0, 0, 1).cpu());
        // One picture, rows as they lie in memory.
        using var bytes = (grown * 255).round().to(ScalarType.Byte).permute(0, 2, 3, 1).contiguous().view(12, 12);
    }
}
