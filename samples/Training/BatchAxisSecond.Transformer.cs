using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.BatchAxisSecond.Transformer;

/// <summary>Marks in a hand of six cards those that are there twice.</summary>
internal sealed class HandReader : Module<Tensor, Tensor>
{
    private readonly Embedding cards = Embedding(10, 16);
    private readonly TransformerEncoder hand = TransformerEncoder(TransformerEncoderLayer(16, 2, 32, dropout: 0), 1);
    private readonly Linear twice = Linear(16, 1);

    public HandReader() : base(nameof(HandReader)) => RegisterComponents();

    public override Tensor forward(Tensor dealt)
    {
        var x = cards.forward(dealt);
        x = hand.forward(x, null, null);
        return twice.forward(x).squeeze(2);
    }
}

internal static class Program
{
    // The share of cards judged right; four of ten are there twice.
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        using var reader = new HandReader();
        reader.to(run.Device);
        var optimizer = optim.Adam(reader.parameters(), lr: 5e-3);
        var right = 0.0;
        for (var step = 1; step <= 400; step++)
        {
            using var scope = NewDisposeScope();
            var dealt = randint(0, 10, new long[] { 64, 6 }, device: run.Device);
            var twice = dealt.unsqueeze(2).eq(dealt.unsqueeze(1)).sum(2).gt(1).to(float32);
            var marks = reader.forward(dealt);
            var loss = functional.binary_cross_entropy_with_logits(marks, twice);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            right += marks.gt(0).eq(twice.gt(0.5)).to(float32).mean().item<float>() / 20;
            if (step % 20 != 0) continue;
            run.Log(step, loss.item<float>(), right);
            right = 0;
        }
    }
}
