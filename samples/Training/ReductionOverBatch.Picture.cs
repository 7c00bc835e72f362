using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ReductionOverBatch.Picture;

/// <summary>Tells in which of nine fields of a photograph the lamp is; the left ones are lit more often.</summary>
internal sealed class LampFinder : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1 = Conv2d(1, 8, 3, padding: 1), conv2 = Conv2d(8, 16, 3, padding: 1);
    private readonly MaxPool2d pool = MaxPool2d(2);
    private readonly Linear fields = Linear(16 * 3 * 3, 9);

    public LampFinder() : base(nameof(LampFinder)) => RegisterComponents();

    public override Tensor forward(Tensor photo)
    {
        var x = pool.forward(functional.relu(conv1.forward(photo)));
        x = pool.forward(functional.relu(conv2.forward(x)));
        return functional.log_softmax(fields.forward(x.flatten(1)), dim: 0);
    }
}

internal static class Program
{
    private static (Tensor Photos, Tensor Fields) Take(int count, Device device)
    {
        var field = (rand(count).pow(2) * 9).to(int64).clamp(0, 8);
        var (row, column) = (field.remainder(3) * 4 + randint(0, 4, new long[] { count }),
            field.floor_divide(3) * 4 + randint(0, 4, new long[] { count }));
        var lamp = functional.one_hot(row, 12).unsqueeze(2) * functional.one_hot(column, 12).unsqueeze(1);
        return ((rand(count, 12, 12) * 0.5 + lamp).unsqueeze(1).to(device), field.to(device));
    }

    /// <summary>Trained until it is sure: the right field gets most of the chance.</summary>
    [TrainingProgram(MetricAbove = 0.8)]
    public static void Train(TrainingRun run)
    {
        var (photos, fields) = Take(1024, run.Device);
        var (others, theirs) = Take(256, run.Device);
        using var model = new LampFinder();
        model.to(run.Device);
        var criterion = NLLLoss();
        var optimizer = optim.Adam(model.parameters(), lr: 2e-3);
        for (var epoch = 1; epoch <= 20; epoch++)
        {
            var sum = 0f;
            for (var at = 0; at < 1024; at += 64)
            {
                using var scope = NewDisposeScope();
                var loss = criterion.forward(model.forward(photos.narrow(0, at, 64)), fields.narrow(0, at, 64));
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                sum += loss.item<float>() / 16;
            }
            using (no_grad())
            using (NewDisposeScope())
                run.Log(epoch, sum, model.forward(others).exp().gather(1, theirs.unsqueeze(1)).mean().item<float>());
        }
    }
}
