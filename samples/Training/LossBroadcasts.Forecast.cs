using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.LossBroadcasts.Forecast;

/// <summary>Forecasts the sales of the next week from the ten weeks before it.</summary>
internal sealed class SalesNet : Module<Tensor, Tensor>
{
    private readonly GRU weeks = GRU(1, 24, batchFirst: true);
    private readonly Linear next = Linear(24, 1);

    public SalesNet() : base(nameof(SalesNet)) => RegisterComponents();

    public override Tensor forward(Tensor sales)
    {
        var (states, _) = weeks.forward(sales);
        return next.forward(states.select(1, -1));
    }
}

internal static class Program
{
    private const int Shops = 480, Weeks = 10, Batch = 48;

    // Sales that are all taken for their mean give a loss of about 0.4.
    [TrainingProgram(LossBelow = 0.04)]
    public static void Train(TrainingRun run)
    {
        // Every shop has its level, its trend and a season of four to eight weeks.
        var week = arange(Weeks + 1, dtype: float32).unsqueeze(0);
        var season = (week * 2 * MathF.PI / (4 + 4 * rand(Shops, 1)) + rand(Shops, 1) * 2 * MathF.PI).sin();
        var sales = (randn(Shops, 1) * 0.5 + randn(Shops, 1) * 0.05 * week + season).to(run.Device);
        var (past, next) = (sales.narrow(1, 0, Weeks).unsqueeze(2), sales.select(1, Weeks));

        using var model = new SalesNet();
        model.to(run.Device);
        var criterion = SmoothL1Loss();
        var optimizer = optim.RMSProp(model.parameters(), 3e-3);
        for (var epoch = 1; epoch <= 40; epoch++)
        {
            var sum = 0.0;
            for (var shop = 0; shop < Shops; shop += Batch)
            {
                using var scope = NewDisposeScope();
                var loss = criterion.forward(model.forward(past.narrow(0, shop, Batch)), next.narrow(0, shop, Batch));
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                sum += loss.item<float>() * Batch / Shops;
            }
            run.Log(epoch, sum);
        }
    }
}
