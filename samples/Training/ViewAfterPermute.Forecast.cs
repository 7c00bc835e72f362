using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ViewAfterPermute.Forecast;

/// <summary>Foretells the next two swings of a bridge from ten readings; readings come first, then bridges.</summary>
internal sealed class BridgeNet : Module<Tensor, Tensor>
{
    private readonly LSTM memory = LSTM(1, 20);
    private readonly Linear ahead = Linear(10 * 20, 2);

    public BridgeNet() : base(nameof(BridgeNet)) => RegisterComponents();

    public override Tensor forward(Tensor readings)
    {
        var (states, _, _) = memory.forward(readings);
        var rows = states.transpose(0, 1).view(readings.shape[1], -1);
        return ahead.forward(rows);
    }
}

internal static class Program
{
    private const int Readings = 10, Ahead = 2, Bridges = 640, Batch = 64;

    // The swings have a variance of a half.
    [TrainingProgram(LossBelow = 0.05)]
    public static void Train(TrainingRun run)
    {
        var time = arange(Readings + Ahead, dtype: float32).view(-1, 1, 1);
        var (speed, start) = (0.4f + 0.6f * rand(1, Bridges, 1), rand(1, Bridges, 1) * 2 * MathF.PI);
        var swings = ((time * speed + start).sin() + 0.02 * randn(Readings + Ahead, Bridges, 1)).to(run.Device);
        var past = swings.narrow(0, 0, Readings);
        var next = swings.narrow(0, Readings, Ahead).squeeze(2).t();

        using var model = new BridgeNet();
        model.to(run.Device);
        var loss = MSELoss();
        var optimizer = optim.RMSProp(model.parameters(), 3e-3);
        for (var step = 1; step <= 300; step++)
        {
            using var scope = NewDisposeScope();
            var first = step % 10 * Batch;
            var error = loss.forward(model.forward(past.narrow(1, first, Batch)), next.narrow(0, first, Batch));
            optimizer.zero_grad();
            error.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, error.item<float>());
        }
    }
}
