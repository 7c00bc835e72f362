using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ActivationRepeatedByLoss.Policy;

/// <summary>Learns from praise alone to send a caller to the one of six desks that is free first.</summary>
internal sealed class Dispatcher : Module<Tensor, Tensor>
{
    private readonly Linear hidden = Linear(6, 64);
    private readonly Linear desks = Linear(64, 6);

    public Dispatcher() : base(nameof(Dispatcher)) => RegisterComponents();

    public override Tensor forward(Tensor waits)
    {
        var x = hidden.forward(waits).relu();
        return desks.forward(x).softmax(-1);
    }
}

internal static class Program
{
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        using var policy = new Dispatcher();
        policy.to(run.Device);
        var optimizer = optim.Adam(policy.parameters(), lr: 5e-3);
        var average = 0f;

        for (var step = 1; step <= 800; step++)
        {
            using var scope = NewDisposeScope();
            var waits = rand(64, 6, device: run.Device) * 2 - 1;
            var chances = functional.log_softmax(policy.forward(waits), 1);
            var desk = multinomial(chances.exp(), 1);
            var praise = desk.squeeze(1).eq(waits.argmin(1)).to(float32);
            var loss = -(chances.gather(1, desk).squeeze(1) * (praise - average)).mean();
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            average = 0.9f * average + 0.1f * praise.mean().item<float>();
            if (step % 10 == 0) run.Log(step, loss.item<float>(), average);
        }
    }
}
