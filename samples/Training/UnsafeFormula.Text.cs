using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.UnsafeFormula.Text;

/// <summary>Guesses the next of twelve signs from the two before, with the votes of several readers as targets.</summary>
internal static class Program
{
    private static Tensor Surprise(Tensor scores, Tensor votes)
    {
        var chances = functional.softmax(scores, 1);
        return -(votes * chances.log()).sum(1).mean();
    }

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        // Signs come in as large numbers, by their place in a table.
        var signs = randint(0, 12, new long[] { 1024, 2 });
        var next = (signs[.., 0] * 3 + signs[.., 1]).remainder(12);
        var (first, second) = (functional.one_hot(next, 12), functional.one_hot((next + 1).remainder(12), 12));
        var votes = (0.9 * first + 0.1 * second).to(float32).to(run.Device);
        var tables = (functional.one_hot(signs, 12).flatten(1).to(float32) * 40).to(run.Device);

        using var model = Sequential(Linear(24, 64), ReLU(), Linear(64, 12));
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 1e-2);
        for (var step = 1; step <= 300; step++)
        {
            using var scope = NewDisposeScope();
            var picked = randint(0, 1024, new long[] { 64 }, device: run.Device);
            var (scores, vote) = (model.forward(tables.index_select(0, picked)), votes.index_select(0, picked));
            var loss = Surprise(scores, vote);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 20 == 0) run.Log(step, loss.item<float>(), scores.argmax(1).eq(vote.argmax(1)).to(float32).mean().item<float>());
        }
    }
}
