using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.LayerBuiltInForward.Forecast;

/// <summary>Tomorrow's price of power from a day's twelve.</summary>
internal sealed class PriceModel : Module<Tensor, Tensor>
{
    private readonly Linear day = Linear(12, 32);
    private readonly Linear price = Linear(32, 1);

    public PriceModel() : base(nameof(PriceModel))
    {
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        x = day.forward(x).relu();
        x = Linear(32, 32).forward(x).relu();
        return price.forward(x);
    }
}

internal static class Program
{
    private const int Days = 600;

    // The prices have a variance of one.
    [TrainingProgram(LossBelow = 0.05)]
    public static void Train(TrainingRun run)
    {
        var hours = arange(13, dtype: float32).unsqueeze(0) / 13 * 2 * Math.PI;
        var curves = rand(Days, 1) * (hours + rand(Days, 1) * 2 * Math.PI).sin() + rand(Days, 1) * (2 * hours).cos();
        curves = ((curves - curves.mean()) / curves.std()).to(run.Device);
        var (known, next) = (curves.narrow(1, 0, 12), curves.narrow(1, 12, 1));

        using var model = new PriceModel();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 3e-3);
        for (var epoch = 1; epoch <= 20; epoch++)
        {
            var sum = 0f;
            for (var first = 0; first < Days; first += 60)
            {
                using var scope = NewDisposeScope();
                optimizer.zero_grad();
                var loss = functional.mse_loss(model.forward(known.narrow(0, first, 60)), next.narrow(0, first, 60));
                loss.backward();
                optimizer.step();
                sum += loss.item<float>() / (Days / 60);
            }
            run.Log(epoch * Days / 60, sum);
        }
    }
}
