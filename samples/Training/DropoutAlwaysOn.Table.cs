using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.DropoutAlwaysOn.Table;

/// <summary>Price of a used car from age, mileage, power and upkeep.</summary>
internal sealed class PriceNet : Module<Tensor, Tensor>
{
    private readonly Linear first = Linear(4, 64), second = Linear(64, 64), price = Linear(64, 1);

    public PriceNet() : base(nameof(PriceNet)) => RegisterComponents();

    public override Tensor forward(Tensor car)
    {
        var seen = functional.relu(first.forward(car));
        var known = functional.relu(second.forward(functional.dropout(seen, 0.3)));
        return price.forward(known);
    }
}

internal static class Program
{
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var cars = rand(600, 4) * 2 - 1;
        var prices = (cars.narrow(1, 2, 1) * 2 - cars.narrow(1, 0, 1) - cars.narrow(1, 1, 1) * (1 + cars.narrow(1, 3, 1))) / 2;
        var model = new PriceNet();
        var optimizer = optim.Adam(model.parameters(), lr: 3e-3);
        for (var step = 1; step <= 500; step++)
        {
            using var scope = NewDisposeScope();
            model.train();
            optimizer.zero_grad();
            var loss = functional.mse_loss(model.forward(cars[..400]), prices[..400]);
            loss.backward();
            optimizer.step();
            if (step % 25 != 0) continue;
            model.eval();
            using var quiet = no_grad();
            var rest = functional.mse_loss(model.forward(cars[400..]), prices[400..]);
            run.Log(step, loss.item<float>(), 1 - (rest / prices[400..].var()).item<float>());
        }
    }
}
