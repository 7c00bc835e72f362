using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.HiddenSoftmax.Picture;

/// <summary>Reads the hand of a round clock: which of twelve hours it shows.</summary>
internal sealed class ClockNet : Module<Tensor, Tensor>
{
    private readonly Conv2d strokes = Conv2d(1, 8, 3, padding: 1);
    private readonly Linear hand, hour;
    private readonly MaxPool2d pool = MaxPool2d(2);

    public ClockNet() : base(nameof(ClockNet))
    {
        hand = Linear(8 * 5 * 5, 48);
        hour = Linear(48, 12);
        RegisterComponents();
    }

    public override Tensor forward(Tensor clock)
    {
        var x = pool.forward(functional.relu(strokes.forward(clock))).flatten(1);
        x = functional.softmax(hand.forward(x), 1);
        return hour.forward(x);
    }
}

internal static class Program
{
    private const int Size = 10;

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        using var net = new ClockNet();
        net.to(run.Device);
        var optimizer = optim.SGD(net.parameters(), 0.05, momentum: 0.9);
        var at = (arange(Size, dtype: float32, device: run.Device) - 4.5) / 4.5;
        var right = 0f;
        for (var step = 1; step <= 150; step++)
        {
            using var scope = NewDisposeScope();
            var hours = randint(0, 12, new long[] { 32 }, device: run.Device);
            var turn = (hours.to(float32) * (Math.PI / 6)).view(32, 1, 1, 1);
            var (x, y) = (at.view(1, 1, 1, Size), at.view(1, 1, Size, 1));
            var (along, across) = (x * turn.sin() - y * turn.cos(), x * turn.cos() + y * turn.sin());
            var clocks = (along.gt(0) & along.lt(1) & across.abs().lt(0.15)).to(float32);
            var output = net.forward(clocks + 0.1 * randn_like(clocks));
            var loss = functional.cross_entropy(output, hours);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            right += output.argmax(1).eq(hours).to(float32).mean().item<float>() / 10;
            if (step % 10 != 0) continue;
            run.Log(step, loss.item<float>(), right);
            right = 0;
        }
    }
}
