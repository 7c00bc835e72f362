using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.GradientsNeverCleared.Text;

/// <summary>Says what a short message is about, by the subject most of its words belong to.</summary>
internal sealed class SubjectNet : Module<Tensor, Tensor>
{
    private readonly Embedding words;
    private readonly Linear mix, subject;

    public SubjectNet(int vocabulary, int subjects) : base(nameof(SubjectNet))
    {
        words = Embedding(vocabulary, 16);
        mix = Linear(16, 32);
        subject = Linear(32, subjects);
        RegisterComponents();
    }

    public override Tensor forward(Tensor message) =>
        subject.forward(mix.forward(words.forward(message).mean(new[] { 1L })).relu());
}

internal static class Program
{
    private const int Vocabulary = 60, Subjects = 5, Length = 14;

    [TrainingProgram(MetricAbove = 0.95)]
    public static void Train(TrainingRun run)
    {
        using var model = new SubjectNet(Vocabulary, Subjects);
        model.to(run.Device);
        var optimizer = optim.AdamW(model.parameters(), lr: 5e-3);
        foreach (var step in Enumerable.Range(1, 400))
        {
            using var scope = NewDisposeScope();
            var (messages, subjects) = Messages(128, run.Device);
            var scores = model.forward(messages);
            Improve(optimizer, functional.cross_entropy(scores, subjects));
            if (step % 20 != 0) continue;
            using var _ = no_grad();
            var (fresh, right) = Messages(512, run.Device);
            var answer = model.forward(fresh);
            var told = answer.argmax(1).eq(right).to(float32).mean();
            run.Log(step, functional.cross_entropy(answer, right).item<float>(), told.item<float>());
        }
    }

    private static void Improve(optim.Optimizer optimizer, Tensor loss)
    {
        loss.backward();
        optimizer.step();
    }

    /// <summary>Every fifth word is of one subject; half of a message is of its own, the rest is chat.</summary>
    private static (Tensor Messages, Tensor Subjects) Messages(int count, Device device)
    {
        var subjects = randint(0, Subjects, new long[] { count }, device: device);
        var chat = randint(0, Vocabulary, new long[] { count, Length / 2 }, device: device);
        var said = randint(0, Vocabulary / Subjects, new long[] { count, Length / 2 }, device: device) * Subjects + subjects.unsqueeze(1);
        return (cat(new[] { chat, said }, 1), subjects);
    }
}
