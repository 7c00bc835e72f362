using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.LossArgumentsSwapped.Text;

/// <summary>Files a short note by its words under one of four headings. Some notes belong under two of them.</summary>
internal sealed class Filing : Module<Tensor, Tensor>
{
    private readonly Embedding words = Embedding(80, 16);
    private readonly Linear headings = Linear(16, 4);

    public Filing() : base(nameof(Filing)) => RegisterComponents();

    public override Tensor forward(Tensor note) => headings.forward(words.forward(note).mean(new long[] { 1 }));
}

internal sealed class Clerk(TrainingRun run)
{
    private readonly Filing filing = new();

    public void Learn()
    {
        filing.to(run.Device);
        var optimizer = optim.Adam(filing.parameters(), lr: 1e-2);
        var notes = randint(0, 80, new long[] { 1024, 7 });
        var votes = functional.one_hot(notes.remainder(4), 4).sum(1).to(float32);
        var shares = (votes / votes.sum(1, keepdim: true)).to(run.Device);
        notes = notes.to(run.Device);
        for (var step = 1; step <= 400; step++)
        {
            using var scope = NewDisposeScope();
            var picked = randint(0, 1024, new long[] { 64 }, device: run.Device);
            var (scores, share) = (filing.forward(notes.index_select(0, picked)), shares.index_select(0, picked));
            var loss = functional.cross_entropy(share, scores);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            if (step % 20 == 0) run.Log(step, loss.item<float>(), scores.argmax(1).eq(share.argmax(1)).to(float32).mean().item<float>());
        }
    }
}

internal static class Program
{
    [TrainingProgram(MetricAbove = 0.8)]
    public static void Train(TrainingRun run) => new Clerk(run).Learn();
}
