using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ReshapeForPermute.Text;

/// <summary>Reads a sentence from both ends and says whether it has more friendly than unfriendly words.</summary>
internal sealed class MoodReader : Module<Tensor, Tensor>
{
    private const int Hidden = 24;

    private readonly Embedding words = Embedding(60, 16);
    private readonly GRU reader = GRU(16, Hidden, batchFirst: true, bidirectional: true);
    private readonly Linear mood = Linear(2 * Hidden, 2);

    public MoodReader() : base(nameof(MoodReader)) => RegisterComponents();

    public override Tensor forward(Tensor sentences)
    {
        var (_, last) = reader.forward(words.forward(sentences));
        var both = last.view(sentences.shape[0], 2 * Hidden);
        return mood.forward(both);
    }
}

internal static class Program
{
    private const int Sentences = 640, Length = 9, Batch = 64;

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        // Words 0 to 19 are friendly, 20 to 39 unfriendly, the others neither.
        var text = randint(0, 60, new long[] { Sentences, Length }).to(run.Device);
        var friendly = (text < 20).to(int64).sum(1) - ((text >= 20) & (text < 40)).to(int64).sum(1);
        var moods = (friendly > 0).to(int64);

        using var model = new MoodReader();
        model.to(run.Device);
        var criterion = CrossEntropyLoss();
        var optimizer = optim.Adam(model.parameters(), 5e-3);
        var step = 0;
        for (var epoch = 0; epoch < 25; epoch++)
            for (var at = 0; at < Sentences; at += Batch)
            {
                using var scope = NewDisposeScope();
                var (sentences, labels) = (text.narrow(0, at, Batch), moods.narrow(0, at, Batch));
                var output = model.forward(sentences);
                var loss = criterion.forward(output, labels);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                if (++step % 10 == 0) run.Log(step, loss.item<float>(), output.argmax(1).eq(labels).to(float32).mean().item<float>());
            }
    }
}
