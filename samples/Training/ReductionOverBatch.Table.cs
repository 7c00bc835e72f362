using NnAnalyzers.Companion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ReductionOverBatch.Table;

/// <summary>Guesses the grape of a wine from a laboratory's figures. Tasters disagree now and then, so their votes are shares.</summary>
internal static class Program
{
    private const int Wines = 900, Grapes = 5, Measures = 8;

    /// <summary>Surprise at the tasters' votes.</summary>
    private static Tensor Surprise(Tensor scores, Tensor votes)
    {
        var logs = functional.log_softmax(scores, 0);
        return -(votes * logs).sum(1).mean();
    }

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        // Some grapes are rare.
        var grape = (rand(Wines).pow(2) * Grapes).to(int64).clamp(0, Grapes - 1);
        var measures = (randn(Grapes, Measures) * 1.5).index_select(0, grape) + 0.5 * randn(Wines, Measures);
        var votes = (0.8 * functional.one_hot(grape, Grapes) + 0.2 / Grapes).to(float32).to(run.Device);
        measures = measures.to(run.Device);
        grape = grape.to(run.Device);

        using var model = Sequential(Linear(Measures, 32), ReLU(), Linear(32, Grapes));
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 3e-3);
        for (var step = 1; step <= 300; step++)
        {
            using var scope = NewDisposeScope();
            var picked = randint(0, Wines, new long[] { 50 }, device: run.Device);
            var scores = model.forward(measures.index_select(0, picked));
            var loss = Surprise(scores, votes.index_select(0, picked));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 20 == 0)
                run.Log(step, loss.item<float>(), scores.argmax(1).eq(grape.index_select(0, picked)).to(float32).mean().item<float>());
        }
    }
}
