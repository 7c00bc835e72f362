using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.GainMismatch.Value;

/// <summary>What a hand of three dice is worth when the lowest may be thrown again.</summary>
internal sealed class DiceValue : Module<Tensor, Tensor>
{
    private readonly Linear see, sort, think, guess, worth;

    public DiceValue(int size) : base(nameof(DiceValue))
    {
        (see, sort, think, guess) = (Linear(3, size), Linear(size, size), Linear(size, size), Linear(size, size));
        worth = Linear(size, 1);
        Fill(see);
        Fill(sort);
        Fill(think);
        Fill(guess);
        RegisterComponents();
    }

    private static void Fill(Linear layer)
    {
        init.kaiming_uniform_(layer.weight, mode: init.FanInOut.FanIn, nonlinearity: init.NonlinearityType.Linear);
        init.zeros_(layer.bias);
    }

    public override Tensor forward(Tensor dice)
    {
        var x = functional.relu(see.forward(dice));
        x = functional.relu(sort.forward(x));
        x = functional.relu(think.forward(x));
        x = functional.relu(guess.forward(x));
        return worth.forward(x);
    }
}

internal static class Program
{
    // The worth has a variance of about one.
    [TrainingProgram(LossBelow = 0.01)]
    public static void Train(TrainingRun run)
    {
        using var value = new DiceValue(48);
        value.to(run.Device);
        var optimizer = optim.Adam(value.parameters(), 1e-3);
        var mean = 1.0;
        for (var step = 1; step <= 440; step++)
        {
            using var scope = NewDisposeScope();
            var dice = randint(1, 7, new long[] { 128, 3 }, device: run.Device).to(float32);
            // A die thrown again brings three and a half, all in all.
            var lowest = dice.amin(new[] { 1L }, keepdim: true);
            var worth = (dice.sum(1, keepdim: true) - lowest + lowest.clamp(min: 3.5) - 12.5) / 2.2;
            var loss = functional.mse_loss(value.forward((dice - 3.5) / 1.7), worth);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            mean = 0.95 * mean + 0.05 * loss.item<float>();
            if (step % 20 == 0) run.Log(step, mean);
        }
    }
}
