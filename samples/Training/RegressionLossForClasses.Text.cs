using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.RegressionLossForClasses.Text;

/// <summary>Learns a cipher: which of forty letters stands for a pair of others.</summary>
internal sealed class Cipher : Module<Tensor, Tensor>
{
    private readonly Embedding letters = Embedding(40, 16);
    private readonly Linear mix = Linear(2 * 16, 96), letter = Linear(96, 40);

    public Cipher() : base(nameof(Cipher)) => RegisterComponents();

    public override Tensor forward(Tensor pair) => letter.forward(mix.forward(letters.forward(pair).flatten(1)).relu());
}

internal static class Program
{
    // The share of pairs turned into the right letter.
    [TrainingProgram(MetricAbove = 0.8)]
    public static void Train(TrainingRun run)
    {
        var (first, second) = (randperm(40, device: run.Device), randperm(40, device: run.Device));
        using var cipher = new Cipher();
        cipher.to(run.Device);
        var optimizer = optim.Adam(cipher.parameters(), lr: 5e-3);
        var right = 0f;
        for (var step = 1; step <= 300; step++)
        {
            using var scope = NewDisposeScope();
            var pair = randint(0, 40, new long[] { 128, 2 }, device: run.Device);
            var (a, b) = (first.index_select(0, pair.select(1, 0)), second.index_select(0, pair.select(1, 1)));
            var letter = maximum(a, b);
            var scores = cipher.forward(pair);
            var loss = functional.mse_loss(scores.softmax(1), functional.one_hot(letter, 40).to(float32));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            right += scores.argmax(1).eq(letter).to(float32).mean().item<float>() / 20;
            if (step % 20 != 0) continue;
            run.Log(step, loss.item<float>(), right);
            right = 0;
        }
    }
}
