using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.SummedLoss.Sequence;

/// <summary>How warm the next hour will be, from the last ten.</summary>
internal sealed class HourAhead : Module<Tensor, Tensor>
{
    private readonly LSTM hours = LSTM(1, 20, batchFirst: true);
    private readonly Linear next = Linear(20, 1);

    public HourAhead() : base(nameof(HourAhead)) => RegisterComponents();

    public override Tensor forward(Tensor past)
    {
        var (states, _, _) = hours.forward(past);
        return next.forward(states.select(1, -1));
    }
}

internal static class Program
{
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var start = rand(640, 1) * 6;
        var days = sin(start + arange(11).to(float32).unsqueeze(0) * 0.4) * (0.5 + rand(640, 1));
        var (past, following) = (days[.., ..10].unsqueeze(2).to(run.Device), days[.., 10..].to(run.Device));

        using var model = new HourAhead();
        model.to(run.Device);
        var optimizer = optim.SGD(model.parameters(), 0.05, momentum: 0.9);
        for (var step = 1; step <= 240; step++)
        {
            using var scope = NewDisposeScope();
            var at = (step - 1) % 10 * 64;
            var guess = model.forward(past.narrow(0, at, 64));
            var truth = following.narrow(0, at, 64);
            var loss = (guess - truth).pow(2).sum();
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>(), 1 - ((guess - truth).pow(2).mean() / truth.var()).item<float>());
        }
    }
}
