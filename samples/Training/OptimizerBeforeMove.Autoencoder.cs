using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.OptimizerBeforeMove.Autoencoder;

/// <summary>Keeps the light curve of a star, measured in double precision at twenty-four times, in three numbers.</summary>
internal static class Program
{
    private const int Stars = 400, Times = 24;

    // The curves have a variance of one.
    [TrainingProgram(LossBelow = 0.1)]
    public static void Train(TrainingRun run)
    {
        var curves = Observe();
        using var encoder = Sequential(Linear(Times, 64), ReLU(), Linear(64, 3));
        using var decoder = Sequential(Linear(3, 64), ReLU(), Linear(64, Times));
        using var both = Sequential(("encode", encoder), ("decode", decoder));
        var optimizer = optim.AdamW(both.parameters(), lr: 5e-3, weight_decay: 1e-4);
        both.to(float64);
        both.to(run.Device);
        curves = curves.to(run.Device);

        for (var epoch = 1; epoch <= 40; epoch++)
        {
            var sum = 0.0;
            for (var star = 0; star < Stars; star += 40)
            {
                using var scope = NewDisposeScope();
                var batch = curves.narrow(0, star, 40);
                var loss = functional.mse_loss(both.forward(batch), batch);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                sum += loss.item<double>() / 10;
            }
            run.Log(epoch, sum);
        }
    }

    /// <summary>Two waves of fixed periods, each as strong and as late as the star wants.</summary>
    private static Tensor Observe()
    {
        var time = linspace(0, 2 * Math.PI, Times, dtype: float64).unsqueeze(0);
        var (strong, late) = (rand(Stars, 1, dtype: float64), rand(Stars, 1, dtype: float64) * Math.PI);
        var curves = (1 + strong) * (time + late).sin() + strong * (2 * time).cos();
        return (curves - curves.mean()) / curves.std();
    }
}
