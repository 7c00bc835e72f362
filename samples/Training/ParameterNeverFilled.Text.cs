using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ParameterNeverFilled.Text;

/// <summary>Reads a note by how much each word of it matters; which words those are is learned.</summary>
internal sealed class NoteReader : Module<Tensor, Tensor>
{
    private readonly Embedding words;
    private readonly Parameter matters;
    private readonly Linear mood;

    public NoteReader(int vocabulary, int size) : base(nameof(NoteReader))
    {
        words = Embedding(vocabulary, size);
        matters = Parameter(empty(size, size));
        mood = Linear(size, 3);
        RegisterComponents();
    }

    public override Tensor forward(Tensor note)
    {
        var read = words.forward(note);
        var weighed = read.matmul(matters).relu();
        return mood.forward(weighed.mean(new[] { 1L }));
    }
}

internal static class Program
{
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        using var reader = new NoteReader(30, 16);
        reader.to(run.Device);
        var optimizer = optim.AdamW(reader.parameters(), lr: 1e-2);
        var right = 0f;
        for (var step = 1; step <= 150; step++)
        {
            using var scope = NewDisposeScope();
            // The first three words are of one mood each and one of them is in every note; the rest says nothing.
            var mood = randint(0, 3, new long[] { 64 }, device: run.Device);
            var note = cat(new[] { randint(3, 30, new long[] { 64, 7 }, device: run.Device), mood.unsqueeze(1) }, 1);
            var scores = reader.forward(note);
            var loss = functional.cross_entropy(scores, mood);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            right += scores.argmax(1).eq(mood).to(float32).mean().item<float>() / 10;
            if (step % 10 != 0) continue;
            run.Log(step, loss.item<float>(), right);
            right = 0;
        }
    }
}
