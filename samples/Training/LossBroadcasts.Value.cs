using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.LossBroadcasts.Value;

/// <summary>Learns what a state is worth to a ball that rolls in a bowl and is paid for being at the bottom.</summary>
internal static class Program
{
    private const int States = 512, Moves = 20;
    private const float Discount = 0.9f;

    // The returns are scaled to a variance of one; guessed by their mean they give a loss of about a half.
    [TrainingProgram(LossBelow = 0.05)]
    public static void Train(TrainingRun run)
    {
        var states = rand(States, 2, device: run.Device) * 2 - 1;
        var returns = Roll(states);
        returns = (returns - returns.mean()) / returns.std();

        using var critic = Sequential(Linear(2, 48), ReLU(), Linear(48, 48), ReLU(), Linear(48, 1));
        critic.to(run.Device);
        var optimizer = optim.Adam(critic.parameters(), lr: 3e-3);
        for (var step = 1; step <= 300; step++)
        {
            using var scope = NewDisposeScope();
            var first = step % 8 * 64;
            var value = critic.forward(states.narrow(0, first, 64));
            var loss = functional.huber_loss(value, returns.narrow(0, first, 64));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>());
        }
    }

    /// <summary>What each state brings in all: place and speed are followed to the end of the game.</summary>
    private static Tensor Roll(Tensor states)
    {
        var (place, speed) = (states.select(1, 0), states.select(1, 1));
        var (sum, weight) = (zeros(States, device: states.device), 1f);
        for (var move = 0; move < Moves; move++)
        {
            sum = sum + weight * (-4 * place.pow(2)).exp();
            speed = 0.9f * speed - 0.3f * place;
            place = place + 0.5f * speed;
            weight *= Discount;
        }
        return sum;
    }
}
