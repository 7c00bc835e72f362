using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.FlattenMergesBatch.Text;

/// <summary>Says of a word of six letters, made of syllables, in which of three languages it is.</summary>
internal sealed class LanguageNet : Module<Tensor, Tensor>
{
    private readonly Embedding letters = Embedding(26, 10);
    private readonly Linear hidden = Linear(60, 40), language = Linear(40, 3);

    public LanguageNet() : base(nameof(LanguageNet)) => RegisterComponents();

    public override Tensor forward(Tensor word)
    {
        var x = letters.forward(word);
        x = hidden.forward(torch.flatten(x)).relu();
        return language.forward(x);
    }
}

internal static class Program
{
    private const int Words = 600, Batch = 30;

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        // Every language has twenty syllables of its own.
        var languages = randint(0, 3, new long[] { Words });
        var syllables = randint(0, 26, new long[] { 60, 2 });
        var parts = languages.unsqueeze(1) * 20 + randint(0, 20, new long[] { Words, 3 });
        var words = syllables.index_select(0, parts.view(-1)).view(Words, 6).to(run.Device);
        languages = languages.to(run.Device);

        using var model = new LanguageNet();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), 5e-3);
        for (var epoch = 1; epoch <= 20; epoch++)
        {
            var right = 0L;
            var sum = 0.0;
            for (var at = 0; at < Words; at += Batch)
            {
                using var scope = NewDisposeScope();
                var output = model.forward(words.narrow(0, at, Batch));
                var wanted = languages.narrow(0, at, Batch);
                var loss = functional.cross_entropy(output, wanted);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                right += output.argmax(1).eq(wanted).sum().item<long>();
                sum += loss.item<float>() * Batch / Words;
            }
            run.Log(epoch, sum, (double)right / Words);
        }
    }
}
