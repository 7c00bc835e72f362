using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.EvaluationInTrainingMode.Table;

/// <summary>Yield of a reactor from temperature, pressure, flow and purity; dropout keeps it from learning the noise by heart.</summary>
internal sealed class YieldModel : Module<Tensor, Tensor>
{
    private readonly Linear first = Linear(4, 64), second = Linear(64, 64), last = Linear(64, 1);
    private readonly Dropout drop = Dropout(0.3);

    public YieldModel() : base(nameof(YieldModel)) => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        x = drop.forward(functional.relu(first.forward(x)));
        x = drop.forward(functional.relu(second.forward(x)));
        return last.forward(x);
    }
}

internal static class Program
{
    private static (Tensor X, Tensor Y) Measure(int count, double noise)
    {
        var x = rand(count, 4) * 2 - 1;
        var y = x.select(1, 0) * 2 - x.select(1, 1) * x.select(1, 2) * 2 + x.select(1, 3);
        return (x, (y + randn(count) * noise).unsqueeze(1));
    }

    /// <summary>How much of what varies is explained: 1 is all of it.</summary>
    private static double Explained(YieldModel model, Tensor x, Tensor y)
    {
        using var quiet = no_grad();
        return 1 - (functional.mse_loss(model.forward(x), y) / y.var()).item<float>();
    }

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var (x, y) = Measure(800, 0.2);
        var (testX, testY) = Measure(400, 0);
        var model = new YieldModel();
        var optimizer = optim.Adam(model.parameters(), lr: 3e-3);
        for (var step = 1; step <= 800; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = functional.mse_loss(model.forward(x), y);
            loss.backward();
            optimizer.step();
            if (step % 40 == 0) run.Log(step, loss.item<float>(), Explained(model, testX, testY));
        }
    }
}
