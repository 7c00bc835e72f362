using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.SummedLoss.Picture;

/// <summary>Tells crosses from rings and bars on small tiles.</summary>
internal sealed class Shapes : Module<Tensor, Tensor>
{
    private readonly Conv2d strokes = Conv2d(1, 12, 3, padding: 1);
    private readonly Linear kind = Linear(12 * 4 * 4, 3);

    public Shapes() : base(nameof(Shapes)) => RegisterComponents();

    public override Tensor forward(Tensor tile) =>
        kind.forward(functional.max_pool2d(functional.relu(strokes.forward(tile)), 2).flatten(1));
}

internal static class Program
{
    [TrainingProgram(MetricAbove = 0.95)]
    public static void Train(TrainingRun run)
    {
        var kinds = randint(0, 3, new long[] { 768 });
        var (line, edge) = (arange(8).eq(3).to(float32), (arange(8).eq(1) + arange(8).eq(6)).gt(0).to(float32));
        var bar = line.unsqueeze(1).expand(8, 8);
        var cross = (bar + bar.t()).clamp(0, 1);
        var ring = (edge.unsqueeze(1) + edge.unsqueeze(0)).clamp(0, 1);
        var tiles = (stack(new[] { bar, cross, ring }).index_select(0, kinds).unsqueeze(1) + 0.4 * randn(768, 1, 8, 8)).to(run.Device);
        kinds = kinds.to(run.Device);

        using var model = new Shapes();
        model.to(run.Device);
        var criterion = CrossEntropyLoss(reduction: Reduction.Sum);
        var optimizer = optim.SGD(model.parameters(), 0.05, momentum: 0.9);
        for (var step = 1; step <= 120; step++)
        {
            using var scope = NewDisposeScope();
            var at = (step - 1) % 6 * 128;
            var scores = model.forward(tiles.narrow(0, at, 128));
            var loss = criterion.forward(scores, kinds.narrow(0, at, 128));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 6 != 0) continue;
            run.Log(step, loss.item<float>(), scores.argmax(1).eq(kinds.narrow(0, at, 128)).to(float32).mean().item<float>());
        }
    }
}
