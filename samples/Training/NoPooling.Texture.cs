using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.NoPooling.Texture;

/// <summary>Tells how coarse a cloth is woven, from a piece of it.</summary>
internal static class Program
{
    private static (Tensor, Tensor) Cloth(int count)
    {
        var width = rand(count, 1, 1) * 0.8f + 0.5f;
        var at = arange(20, dtype: float32);
        var weave = (at.reshape(1, 1, 20) * width + rand(count, 1, 1) * 6.28f).sin()
            * (at.reshape(1, 20, 1) * width + rand(count, 1, 1) * 6.28f).sin();
        return ((weave + randn(count, 20, 20) * 0.3f).unsqueeze(1), (width.reshape(-1, 1) - 0.9f) / 0.23f);
    }

    [TrainingProgram(LossBelow = 0.15)]
    public static void Train(TrainingRun run)
    {
        var (cloth, width) = Cloth(384);
        var (testCloth, testWidth) = Cloth(256);
        (cloth, width) = (cloth.to(run.Device), width.to(run.Device));
        (testCloth, testWidth) = (testCloth.to(run.Device), testWidth.to(run.Device));
        using var model = Sequential(
            Conv2d(1, 8, 3, padding: 1), ReLU(),
            Conv2d(8, 8, 3, padding: 1), ReLU(),
            Conv2d(8, 8, 3, padding: 1), ReLU(),
            Flatten(),
            Linear(8 * 20 * 20, 1));
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), 1e-3);
        for (var step = 1; step <= 200; step++)
        {
            using var scope = NewDisposeScope();
            var rows = randint(0, 384, 32, device: run.Device);
            optimizer.zero_grad();
            functional.mse_loss(model.forward(cloth.index_select(0, rows)), width.index_select(0, rows)).backward();
            optimizer.step();
            if (step % 20 != 0) continue;
            using var _ = no_grad();
            run.Log(step, functional.mse_loss(model.forward(testCloth), testWidth).item<float>());
        }
    }
}
