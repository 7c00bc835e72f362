using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.BatchAxisSecond.Text;

/// <summary>Says whether the brackets of a line are all closed at its end.</summary>
internal sealed class BracketReader : Module<Tensor, Tensor>
{
    private readonly Embedding signs = Embedding(3, 8);
    private readonly LSTM reads = LSTM(8, 24);
    private readonly Linear closed = Linear(24, 1);

    public BracketReader() : base(nameof(BracketReader)) => RegisterComponents();

    public override Tensor forward(Tensor line)
    {
        var (states, _, _) = reads.forward(signs.forward(line));
        return closed.forward(states.select(1, -1)).squeeze(1);
    }
}

internal static class Program
{
    private const int Length = 8;

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        using var reader = new BracketReader();
        reader.to(run.Device);
        var optimizer = optim.Adam(reader.parameters(), lr: 1e-2);
        var right = 0f;
        for (var step = 1; step <= 160; step++)
        {
            using var scope = NewDisposeScope();
            // 0 opens, 2 closes, 1 is anything else.
            var line = randint(0, 3, new long[] { 64, Length }, device: run.Device);
            var closed = (1 - line).cumsum(1).select(1, -1).le(0).to(float32);
            var output = reader.forward(line);
            var loss = functional.binary_cross_entropy_with_logits(output, closed);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            right += output.gt(0).eq(closed.gt(0.5)).to(float32).mean().item<float>() / 20;
            if (step % 20 != 0) continue;
            run.Log(step, loss.item<float>(), right);
            right = 0;
        }
    }
}
