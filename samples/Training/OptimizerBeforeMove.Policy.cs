using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.OptimizerBeforeMove.Policy;

/// <summary>Learns from gains and losses whether to buy, hold or sell; amounts are counted in double precision.</summary>
internal sealed class Trader : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> look = Linear(3, 32);
    private readonly Module<Tensor, Tensor> act = Linear(32, 3);

    public Trader() : base(nameof(Trader)) => RegisterComponents();

    public override Tensor forward(Tensor market) => act.forward(look.forward(market).relu());
}

internal static class Program
{
    // The share of days on which the best thing is done.
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        using var trader = new Trader();
        var optimizer = optim.Adam(trader.parameters(), lr: 1e-2);
        trader.to(run.Device, float64);

        for (var step = 1; step <= 500; step++)
        {
            using var scope = NewDisposeScope();
            var market = randn(64, 3, dtype: float64, device: run.Device);
            var rise = market.select(1, 0) + market.select(1, 1) - market.select(1, 2);
            // Buying gains what the price rises, selling what it falls; both cost half a unit.
            var gains = stack(new[] { rise - 0.5, zeros_like(rise), -rise - 0.5 }, 1);
            var scores = trader.forward(market);
            var action = multinomial(scores.softmax(1), 1);
            var gain = gains.gather(1, action);
            var loss = -(functional.log_softmax(scores, 1).gather(1, action) * (gain - gain.mean())).mean();
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<double>(), scores.argmax(1).eq(gains.argmax(1)).to(float64).mean().item<double>());
        }
    }
}
