using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.LayerSizesDisagree.Tagging;

/// <summary>Marks in a row of numbers those that are larger than both neighbours.</summary>
internal sealed class PeakTagger : Module<Tensor, Tensor>
{
    private readonly GRU both = GRU(1, 24, batchFirst: true, bidirectional: true);
    private readonly Linear tag = Linear(24, 2);

    public PeakTagger() : base(nameof(PeakTagger)) => RegisterComponents();

    public override Tensor forward(Tensor row)
    {
        var (states, _) = both.forward(row);
        return tag.forward(states);
    }
}

internal static class Program
{
    private const int Length = 12;

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        using var tagger = new PeakTagger();
        tagger.to(run.Device);
        var optimizer = optim.AdamW(tagger.parameters(), lr: 1e-2);
        var criterion = CrossEntropyLoss();

        for (var step = 1; step <= 300; step++)
        {
            using var scope = NewDisposeScope();
            var numbers = rand(32, Length + 2, device: run.Device) * 2 - 1;
            var middle = numbers.narrow(1, 1, Length);
            var peaks = ((middle > numbers.narrow(1, 0, Length)) & (middle > numbers.narrow(1, 2, Length))).to(int64);
            var output = tagger.forward(numbers.unsqueeze(2)).narrow(1, 1, Length);
            var loss = criterion.forward(output.reshape(-1, 2), peaks.reshape(-1));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>(), output.argmax(2).eq(peaks).to(float32).mean().item<float>());
        }
    }
}
