using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.GraphCut.Sets;

/// <summary>Says what a basket of ten things costs, with the discount that depends on what is in it.</summary>
internal sealed class Till : Module<Tensor, Tensor>
{
    private readonly Linear thing = Linear(3, 48), total = Linear(48, 48), price = Linear(48, 1);

    public Till() : base(nameof(Till)) => RegisterComponents();

    public override Tensor forward(Tensor basket)
    {
        var things = thing.forward(basket).relu();
        return price.forward(total.forward(things.mean(new[] { 1L })).relu()).squeeze(1);
    }
}

internal static class Program
{
    private static readonly Loss<Tensor, Tensor, Tensor> Error = SmoothL1Loss();

    [TrainingProgram(LossBelow = 0.02)]
    public static void Train(TrainingRun run)
    {
        using var till = new Till();
        till.to(run.Device);
        var optimizer = optim.Adam(till.parameters(), lr: 3e-3);
        for (var step = 1; step <= 500; step++)
        {
            using var scope = NewDisposeScope();
            var (baskets, prices) = Baskets(96, run.Device);
            var bill = till.forward(baskets);
            optimizer.zero_grad();
            var loss = Error.forward(bill, prices).detach();
            loss.backward();
            optimizer.step();
            if (step % 20 == 0) run.Log(step, loss.item<float>());
        }
    }

    // Scaled to a variance of about one.
    private static (Tensor Baskets, Tensor Prices) Baskets(int count, Device device)
    {
        var baskets = randn(count, 10, 3, device: device);
        var (cost, kind, size) = (baskets.select(2, 0), baskets.select(2, 1), baskets.select(2, 2));
        return (baskets, (cost + size.tanh() - 0.5 * kind.abs()).sum(1).div(4) + 1);
    }
}
