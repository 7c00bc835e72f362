using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.OptimizerRebuiltInLoop.Text;

/// <summary>Says which of four languages an invented word is from, by the letters that follow each other in it.</summary>
internal sealed class WordNet : Module<Tensor, Tensor>
{
    private readonly Embedding letters = Embedding(12, 16);
    private readonly LSTM read = LSTM(16, 24, batchFirst: true);
    private readonly Linear language = Linear(24, 4);

    public WordNet() : base(nameof(WordNet)) => RegisterComponents();

    public override Tensor forward(Tensor word)
    {
        var (states, _, _) = read.forward(letters.forward(word));
        return language.forward(states.select(1, -1));
    }
}

internal sealed class School(Tensor habits)
{
    private const int Words = 256, Letters = 10;

    public void Teach(TrainingRun run)
    {
        using var pupil = new WordNet();
        pupil.to(run.Device);
        for (var lesson = 1; lesson <= 40; lesson++)
        {
            using var scope = NewDisposeScope();
            var optimizer = optim.AdamW(pupil.parameters(), lr: 3e-3);
            var (words, languages) = Write();
            var (sum, right) = (0.0, 0.0);
            for (var page = 0; page < 4; page++)
            {
                var scores = pupil.forward(words.narrow(0, page * 64, 64));
                var answers = languages.narrow(0, page * 64, 64);
                var loss = functional.cross_entropy(scores, answers);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                sum += loss.item<float>();
                right += scores.argmax(1).eq(answers).to(float32).mean().item<float>();
            }
            run.Log(lesson * 4, sum / 4, right / 4);
        }
    }

    private (Tensor Words, Tensor Languages) Write()
    {
        var languages = randint(0, 4, new long[] { Words }, device: habits.device);
        var letters = new List<Tensor> { randint(0, 12, new long[] { Words }, device: habits.device) };
        while (letters.Count < Letters) letters.Add(multinomial(habits[languages, letters[^1]], 1).squeeze(1));
        return (stack(letters, 1), languages);
    }
}

internal static class Program
{
    // Each language has habits of its own as to which letter follows another.
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run) => new School((2.5 * randn(4, 12, 12, device: run.Device)).softmax(2)).Teach(run);
}
