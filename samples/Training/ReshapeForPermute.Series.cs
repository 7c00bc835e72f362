using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ReshapeForPermute.Series;

/// <summary>Says from sixteen readings of an acceleration sensor along which of its three axes a machine swings.</summary>
internal sealed class SwingNet : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> layers = Sequential(
        Conv1d(3, 16, 3, padding: 1), ReLU(), MaxPool1d(2),
        Conv1d(16, 32, 3, padding: 1), ReLU(), AdaptiveAvgPool1d(1),
        Flatten(), Linear(32, 3));

    public SwingNet() : base(nameof(SwingNet)) => RegisterComponents();

    /// <param name="readings">Readings × axes, as the sensor writes them.</param>
    public override Tensor forward(Tensor readings)
    {
        var series = readings.view(readings.shape[0], readings.shape[2], readings.shape[1]);
        return layers.forward(series);
    }
}

internal static class Program
{
    private const int Count = 600;

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var axis = randint(0, 3, new long[] { Count });
        var turns = (arange(16, dtype: float32) / 16).unsqueeze(0) * (1 + 2 * rand(Count, 1)) + rand(Count, 1);
        var swing = (turns * 2 * MathF.PI).sin().unsqueeze(2) * functional.one_hot(axis, 3).to(float32).unsqueeze(1);
        var readings = (swing + 0.3 * randn(Count, 16, 3)).to(run.Device);
        axis = axis.to(run.Device);

        using var model = new SwingNet();
        model.to(run.Device);
        var optimizer = optim.AdamW(model.parameters(), lr: 3e-3);
        for (var step = 1; step <= 200; step++)
        {
            using var scope = NewDisposeScope();
            var batch = randint(0, Count, new long[] { 50 }, device: run.Device);
            var (scores, right) = (model.forward(readings.index_select(0, batch)), axis.index_select(0, batch));
            var loss = functional.cross_entropy(scores, right);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 5 == 0) run.Log(step, loss.item<float>(), scores.argmax(1).eq(right).to(float32).mean().item<float>());
        }
    }
}
