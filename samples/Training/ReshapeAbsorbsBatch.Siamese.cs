using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ReshapeAbsorbsBatch.Siamese;

/// <summary>Gives small signs a fingerprint, the same for two noisy prints of one sign.</summary>
internal sealed class Fingerprint : Module<Tensor, Tensor>
{
    private readonly Conv2d conv = Conv2d(1, 8, 3, padding: 1);
    private readonly Linear hidden = Linear(8 * 8 * 8, 32), code = Linear(32, 16);

    public Fingerprint() : base(nameof(Fingerprint)) => RegisterComponents();

    public override Tensor forward(Tensor sign)
    {
        var map = functional.max_pool2d(functional.relu(conv.forward(sign)), 2);
        var row = hidden.forward(map.view(-1, 8 * 8 * 8));
        return functional.normalize(code.forward(functional.relu(row)), dim: 1);
    }
}

internal static class Program
{
    private const int Signs = 32;

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var own = arange(Signs, device: run.Device);
        using var model = new Fingerprint();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 3e-3);

        for (var step = 1; step <= 250; step++)
        {
            using var scope = NewDisposeScope();
            var signs = (rand(Signs, 1, 8, 8, device: run.Device) > 0.5).to(float32) * 2 - 1;
            var (one, other) = (model.forward(Print(signs)), model.forward(Print(signs)));
            var likeness = one.matmul(other.t()) * 10;
            var loss = functional.cross_entropy(likeness, own);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>(), likeness.argmax(1).eq(own).to(float32).mean().item<float>());
        }
    }

    private static Tensor Print(Tensor signs) => signs + 0.5 * randn_like(signs);
}
