using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.HiddenSoftmax.Table;

/// <summary>What a house costs, by its size, age, storeys and way to the station.</summary>
internal static class Program
{
    // The prices have a variance of about one.
    [TrainingProgram(LossBelow = 0.05)]
    public static void Train(TrainingRun run)
    {
        var houses = randn(1024, 4, device: run.Device);
        var (size, age, storeys, way) = (houses[.., 0], houses[.., 1], houses[.., 2], houses[.., 3]);
        var prices = (0.8 * size + 0.4 * size * storeys - 0.5 * age.abs() - 0.3 * way + 0.4).unsqueeze(1);

        using var model = Sequential(
            ("house", Linear(4, 64)),
            ("first", Softmax(1)),
            ("street", Linear(64, 64)),
            ("second", ReLU()),
            ("price", Linear(64, 1)));
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 2e-3);
        for (var epoch = 1; epoch <= 15; epoch++)
        {
            var total = 0f;
            for (var first = 0; first < 1024; first += 64)
            {
                using var scope = NewDisposeScope();
                var loss = functional.mse_loss(model.forward(houses.narrow(0, first, 64)), prices.narrow(0, first, 64));
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                total += loss.item<float>() / 16;
            }
            run.Log(epoch * 16, total);
        }
    }
}
