using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.RegisteredTooEarly.Tagging;

/// <summary>Tags each sign of a line by what stands before and after it.</summary>
internal sealed class Tagger : Module<Tensor, Tensor>
{
    private readonly Embedding signs;
    private readonly ModuleList<Conv1d> passes = new();
    private readonly Conv1d tags;

    public Tagger(int kinds, int size, int depth) : base(nameof(Tagger))
    {
        signs = Embedding(kinds, size);
        tags = Conv1d(size, 2, 1);
        RegisterComponents();
        for (var i = 0; i < depth; i++) passes.Add(Conv1d(size, size, 3, padding: 1));
    }

    public override Tensor forward(Tensor line)
    {
        var x = signs.forward(line).transpose(1, 2);
        foreach (var pass in passes) x = functional.relu(pass.forward(x));
        return tags.forward(x);
    }
}

internal static class Program
{
    private const int Kinds = 12, Length = 16;

    /// <summary>A sign is tagged when its neighbours are the same, or add up to the last kind.</summary>
    private static Tensor Tags(Tensor line)
    {
        var (before, after) = (line.roll(1, 1), line.roll(-1, 1));
        return (before.eq(after) | (before + after).eq(Kinds - 1)).to(int64);
    }

    // The share of tags found, and of those set that are right, together (F1).
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var tagger = new Tagger(Kinds, 16, 2);
        tagger.to(run.Device);
        var optimizer = optim.AdamW(tagger.parameters(), lr: 1e-2, weight_decay: 1e-3);
        for (var step = 1; step <= 250; step++)
        {
            using var scope = NewDisposeScope();
            var line = randint(0, Kinds, new long[] { 32, Length }, device: run.Device);
            var right = Tags(line);
            var scores = tagger.forward(line);
            var loss = functional.cross_entropy(scores, right);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 10 != 0) continue;
            var set = scores.argmax(1);
            run.Log(step, loss.item<float>(), 2.0 * (set * right).sum().item<long>() / (set + right).sum().item<long>());
        }
    }
}
