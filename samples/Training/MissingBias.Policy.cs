using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.MissingBias.Policy;

/// <summary>Learns to heat, to wait or to cool, from being told afterwards whether that was comfortable.</summary>
internal sealed class Thermostat : Module<Tensor, Tensor>
{
    private readonly Linear feel = Linear(2, 64, hasBias: false);
    private readonly Linear think = Linear(64, 64, hasBias: false);
    private readonly Linear act = Linear(64, 3, hasBias: false);

    public Thermostat() : base(nameof(Thermostat)) => RegisterComponents();

    public override Tensor forward(Tensor degrees) => act.forward(functional.gelu(think.forward(functional.gelu(feel.forward(degrees)))));
}

internal static class Program
{
    /// <summary>Heat when it is too cold inside, sooner when it is cold outside; cool when it is too warm.</summary>
    private static Tensor Comfortable(Tensor degrees)
    {
        var felt = degrees.select(1, 0) + 0.3 * degrees.select(1, 1);
        return felt.gt(-0.3).to(int64) + felt.gt(0.3).to(int64);
    }

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        using var policy = new Thermostat();
        policy.to(run.Device);
        var optimizer = optim.Adam(policy.parameters(), lr: 3e-3);
        var comfort = 0f;

        for (var step = 1; step <= 600; step++)
        {
            using var scope = NewDisposeScope();
            var degrees = rand(64, 2, device: run.Device) * 2 - 1;
            var scores = policy.forward(degrees);
            var action = multinomial(scores.softmax(1), 1).squeeze(1);
            var reward = action.eq(Comfortable(degrees)).to(float32);
            var surprise = functional.cross_entropy(scores, action, reduction: Reduction.None);
            var loss = (surprise * (reward - comfort)).mean();
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            comfort = 0.9f * comfort + 0.1f * reward.mean().item<float>();
            if (step % 10 == 0) run.Log(step, loss.item<float>(), comfort);
        }
    }
}
