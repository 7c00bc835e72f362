using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.SaverBeforeOptimizer.Picture;

/// <summary>Tells the four directions of stripes apart.</summary>
internal sealed class StripeNet : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1 = Conv2d(1, 8, 3, padding: 1), conv2 = Conv2d(8, 16, 3, padding: 1);
    private readonly MaxPool2d pool = MaxPool2d(2);
    private readonly Linear direction = Linear(16 * 3 * 3, 4);

    public StripeNet() : base(nameof(StripeNet)) => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        x = pool.forward(functional.relu(conv1.forward(x)));
        x = pool.forward(functional.relu(conv2.forward(x)));
        return direction.forward(x.flatten(1));
    }
}

/// <summary>Keeps a training in files, so that it can go on another day.</summary>
internal sealed class Keeper(StripeNet model, string file, OptimizerHelper? optimizer = null)
{
    public void Resume()
    {
        if (File.Exists(file + ".adam")) optimizer?.load_state_dict(file + ".adam");
    }

    public void Save()
    {
        model.save(file);
        optimizer?.save_state_dict(file + ".adam");
    }
}

internal static class Program
{
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        for (var day = 0; day < 20; day++) Continue(run, day);
    }

    private static void Continue(TrainingRun run, int day)
    {
        var file = Path.Combine(run.Folder, "stripes.dat");
        using var model = new StripeNet();
        if (File.Exists(file)) model.load(file);
        model.to(run.Device);
        var keeper = new Keeper(model, file);
        var optimizer = optim.Adam(model.parameters(), lr: 2e-3);
        keeper.Resume();
        for (var step = 1; step <= 10; step++)
        {
            using var scope = NewDisposeScope();
            var (pictures, right) = Draw(32, run.Device);
            var scores = model.forward(pictures);
            var loss = functional.cross_entropy(scores, right);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 5 != 0) continue;
            keeper.Save();
            run.Log(day * 10 + step, loss.item<float>(), scores.argmax(1).eq(right).to(float32).mean().item<float>());
        }
    }

    private static (Tensor, Tensor) Draw(int count, Device device)
    {
        var (directions, at) = (randint(0, 4, new long[] { count }), arange(12, dtype: float32));
        var angle = directions.to(float32).reshape(-1, 1, 1) * MathF.PI / 4;
        var way = at.reshape(1, 1, 12) * angle.cos() + at.reshape(1, 12, 1) * angle.sin();
        var stripes = (way * 1.5f + rand(count, 1, 1) * 2 * MathF.PI).sin() + 0.5 * randn(count, 12, 12);
        return (stripes.unsqueeze(1).to(device), directions.to(device));
    }
}
