using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.UnboundedRange.Table;

internal static class Program
{
    /// <summary>How well a county can be served, from how many people, cars and doctors' visits there are in a year.</summary>
    [TrainingProgram(LossBelow = 0.005)]
    public static void Train(TrainingRun run)
    {
        var people = rand(1024, 1, device: run.Device) * 2e6;
        var cars = people * (0.3 + 0.4 * rand(1024, 1, device: run.Device));
        var visits = rand(1024, 1, device: run.Device) * 9e6;
        var counties = cat(new[] { people, cars, visits }, 1);
        var service = (people / 2e6 - visits / 9e6).abs() + 0.5 * (cars / people);

        using var model = Sequential(Linear(3, 64), ReLU(), Linear(64, 64), ReLU(), Linear(64, 1));
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 1e-3);
        for (var step = 1; step <= 800; step++)
        {
            using var scope = NewDisposeScope();
            var batch = randint(0, 1024, new long[] { 64 }, device: run.Device);
            var loss = functional.mse_loss(model.forward(counties.index_select(0, batch)), service.index_select(0, batch));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>());
        }
    }
}
