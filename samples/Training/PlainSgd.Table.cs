using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.PlainSgd.Table;

/// <summary>Predicts the strength of concrete from its mixture, in standardized columns.</summary>
internal static class Program
{
    [TrainingProgram(LossBelow = 0.05)]
    public static void Train(TrainingRun run)
    {
        var mixture = randn(1024, 8).to(run.Device);
        var (cement, water, age) = (mixture.select(1, 0), mixture.select(1, 3), mixture.select(1, 7));
        var strength = (cement.sigmoid() * (age + 2).abs().log() - 0.5 * water * cement.tanh() + 0.3 * mixture.select(1, 5).pow(2))
            .unsqueeze(1);
        strength = (strength - strength.mean()) / strength.std();

        using var model = Sequential(Linear(8, 64), ReLU(), Linear(64, 64), ReLU(), Linear(64, 1));
        model.to(run.Device);
        var loss = MSELoss();
        var optimizer = optim.SGD(model.parameters(), 0.01);

        for (var step = 1; step <= 1500; step++)
        {
            using var scope = NewDisposeScope();
            var rows = randint(0, 1024, 64, device: run.Device);
            var error = loss.forward(model.forward(mixture.index_select(0, rows)), strength.index_select(0, rows));
            optimizer.zero_grad();
            error.backward();
            optimizer.step();
            if (step % 50 != 0) continue;
            using var _ = no_grad();
            run.Log(step, loss.forward(model.forward(mixture), strength).item<float>());
        }
    }
}
