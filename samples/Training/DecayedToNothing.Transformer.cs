using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.DecayedToNothing.Transformer;

/// <summary>Says which of eight parties got the most of twelve votes.</summary>
internal sealed class VoteCounter : Module<Tensor, Tensor>
{
    private readonly Embedding parties = Embedding(8, 32);
    private readonly Linear query = Linear(32, 32), key = Linear(32, 32), value = Linear(32, 32);
    private readonly Linear hidden = Linear(32, 64), winner = Linear(64, 8);

    public VoteCounter() : base(nameof(VoteCounter)) => RegisterComponents();

    public override Tensor forward(Tensor votes)
    {
        var x = parties.forward(votes);
        x = x + functional.scaled_dot_product_attention(query.forward(x), key.forward(x), value.forward(x));
        return winner.forward(hidden.forward(x.mean(new[] { 1L })).relu());
    }
}

internal static class Program
{
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        using var model = new VoteCounter();
        model.to(run.Device);
        var optimizer = optim.AdamW(model.parameters(), lr: 3e-3);
        var schedule = optim.lr_scheduler.ExponentialLR(optimizer, gamma: 0.97);

        var right = 0f;
        for (var step = 1; step <= 500; step++)
        {
            using var scope = NewDisposeScope();
            // The winner has five votes for sure, the other seven are anyone's.
            var winners = randint(0, 8, new long[] { 64 }, device: run.Device);
            var others = randint(0, 8, new long[] { 64, 7 }, device: run.Device);
            var votes = cat(new[] { winners.unsqueeze(1).expand(-1, 5), others }, 1);
            var scores = model.forward(votes);
            var loss = functional.cross_entropy(scores, winners);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            schedule.step();
            right += scores.argmax(1).eq(winners).to(float32).mean().item<float>() / 20;
            if (step % 20 != 0) continue;
            run.Log(step, loss.item<float>(), right);
            right = 0;
        }
    }
}
