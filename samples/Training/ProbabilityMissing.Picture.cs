using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ProbabilityMissing.Picture;

/// <summary>Says on which side of a garden the sun is; mostly it is in the south.</summary>
internal sealed class SunNet : Module<Tensor, Tensor>
{
    private readonly Conv2d look = Conv2d(1, 8, 3, padding: 1);
    private readonly MaxPool2d pool = MaxPool2d(2);
    private readonly Linear hidden = Linear(8 * 5 * 5, 32), side = Linear(32, 4);

    public SunNet() : base(nameof(SunNet)) => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        x = pool.forward(functional.relu(look.forward(x)));
        return side.forward(functional.relu(hidden.forward(x.flatten(1))));
    }
}

internal static class Program
{
    private const int Count = 640, Size = 10;

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        // South half the time, east and west, and seldom north.
        var often = tensor(new[] { 0.5f, 0.2f, 0.2f, 0.1f });
        var sides = multinomial(often, Count, replacement: true).to(run.Device);
        var (rows, columns) = (arange(Size, device: run.Device).view(1, 1, -1, 1), arange(Size, device: run.Device).view(1, 1, 1, -1));
        var slopes = cat(new[] { rows.expand(1, 1, Size, Size), columns.expand(1, 1, Size, Size),
            (Size - 1 - columns).expand(1, 1, Size, Size), (Size - 1 - rows).expand(1, 1, Size, Size) }).to(float32) / Size - 0.45;
        var gardens = slopes.index_select(0, sides) + 0.7 * randn(Count, 1, Size, Size, device: run.Device);

        using var model = new SunNet();
        model.to(run.Device);
        var criterion = NLLLoss();
        var optimizer = optim.Adam(model.parameters(), lr: 2e-3);
        for (var epoch = 1; epoch <= 10; epoch++)
        {
            var (sum, right) = (0f, 0f);
            for (var first = 0; first < Count; first += 32)
            {
                using var scope = NewDisposeScope();
                var side = sides.narrow(0, first, 32);
                var output = model.forward(gardens.narrow(0, first, 32));
                var loss = criterion.forward(output, side);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                sum += loss.item<float>() * 32 / Count;
                right += output.argmax(1).eq(side).to(float32).mean().item<float>() * 32 / Count;
            }
            run.Log(epoch * Count / 32, sum, right);
        }
    }
}
