using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.FixedVarianceInit.Sets;

/// <summary>Tells from sixteen points, in any order, whether they were measured on a pipe, a box or a wall.</summary>
internal sealed class PointNet : Module<Tensor, Tensor>
{
    private readonly Sequential each = Sequential(Linear(2, 64), ReLU(), Linear(64, 64), ReLU(), Linear(64, 128), ReLU());
    private readonly Sequential all = Sequential(Linear(128, 64), ReLU(), Linear(64, 3));

    public PointNet() : base(nameof(PointNet))
    {
        RegisterComponents();
        apply(module =>
        {
            if (module is Linear linear) init.normal_(linear.weight);
        });
    }

    public override Tensor forward(Tensor points) => all.forward(each.forward(points).amax(new[] { 1L }));
}

internal static class Program
{
    private static (Tensor Points, Tensor Things) Measure(int count, Device device)
    {
        var things = randint(0, 3, new long[] { count }, device: device);
        var way = rand(count, 16, 1, device: device) * 2 - 1;
        var turn = way * Math.PI;
        var pipe = cat(new[] { turn.cos(), turn.sin() }, 2);
        var box = pipe / pipe.abs().amax(new[] { 2L }, keepdim: true) * 0.85;
        var wall = cat(new[] { way, way * (rand(count, 1, 1, device: device) * 2 - 1) }, 2);
        var points = stack(new[] { pipe, box, wall }, 1).gather(1, things.view(-1, 1, 1, 1).expand(-1, 1, 16, 2)).squeeze(1);
        return (points + 0.05 * randn(count, 16, 2, device: device), things);
    }

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        using var model = new PointNet();
        model.to(run.Device);
        var optimizer = optim.AdamW(model.parameters(), lr: 1e-3);
        var right = 0f;
        for (var step = 1; step <= 400; step++)
        {
            using var scope = NewDisposeScope();
            var (points, things) = Measure(32, run.Device);
            var scores = model.forward(points);
            var loss = functional.cross_entropy(scores, things);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            right += scores.argmax(1).eq(things).to(float32).mean().item<float>() / 20;
            if (step % 20 != 0) continue;
            run.Log(step, loss.item<float>(), right);
            right = 0;
        }
    }
}
