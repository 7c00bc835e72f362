using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.LearningRateOutOfRange.Policy;

/// <summary>Learns by policy gradient which of four directions leads home.</summary>
internal sealed class Compass : Module<Tensor, Tensor>
{
    private readonly Linear see = Linear(2, 64);
    private readonly Linear think = Linear(64, 64);
    private readonly Linear act = Linear(64, 4);

    public Compass() : base(nameof(Compass)) => RegisterComponents();

    public override Tensor forward(Tensor place) => act.forward(think.forward(see.forward(place).relu()).relu());
}

internal static class Program
{
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        // East, north, west, south.
        var moves = tensor(new float[,] { { 1, 0 }, { 0, 1 }, { -1, 0 }, { 0, -1 } }, device: run.Device);
        using var policy = new Compass();
        policy.to(run.Device);
        var optimizer = optim.Adam(policy.parameters(), 0.1);

        for (var step = 1; step <= 1000; step++)
        {
            using var scope = NewDisposeScope();
            var place = rand(64, 2, device: run.Device) * 2 - 1;
            var scores = policy.forward(place);
            var action = multinomial(scores.softmax(1), 1).squeeze(1);
            var best = (-place.matmul(moves.t())).argmax(1);
            var reward = action.eq(best).to(float32);
            var chosen = functional.log_softmax(scores, 1).gather(1, action.unsqueeze(1)).squeeze(1);
            var loss = -(chosen * (reward - reward.mean())).mean();
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 20 == 0) run.Log(step, loss.item<float>(), scores.argmax(1).eq(best).to(float32).mean().item<float>());
        }
    }
}
