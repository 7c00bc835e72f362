using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.DropoutAlwaysOn.Text;

/// <summary>Finds out from a bag of words which of six themes a note is about.</summary>
internal sealed class Themes : Module<Tensor, Tensor>
{
    private readonly Embedding words = Embedding(60, 24);
    private readonly Linear hidden = Linear(24, 48), theme = Linear(48, 6);

    public Themes() : base(nameof(Themes)) => RegisterComponents();

    public override Tensor forward(Tensor note)
    {
        var meant = Thin(words.forward(note).mean(new long[] { 1 }));
        return theme.forward(Thin(functional.relu(hidden.forward(meant))));
    }

    private Tensor Thin(Tensor x) => functional.dropout(x, p: 0.4);
}

internal sealed class Notes
{
    private readonly Random random;
    private readonly Themes model = new();

    public Notes(int seed) => random = new Random(seed);

    /// <summary>Twelve words, of which some are the theme's own ten and the rest are any.</summary>
    private (Tensor, Tensor) Write(int count)
    {
        var (words, themes) = (new long[count * 12], new long[count]);
        for (var n = 0; n < count; n++)
        {
            themes[n] = random.Next(6);
            for (var w = 0; w < 12; w++)
                words[n * 12 + w] = random.NextDouble() < 0.4 ? themes[n] * 10 + random.Next(10) : random.Next(60);
        }
        return (tensor(words).view(count, 12), tensor(themes));
    }

    public void Learn(TrainingRun run)
    {
        var (test, right) = Write(300);
        using var optimizer = optim.Adam(model.parameters(), lr: 4e-3);
        for (var round = 1; round <= 25; round++)
        {
            model.train();
            for (var step = 0; step < 20; step++)
            {
                using var scope = NewDisposeScope();
                var (notes, themes) = Write(32);
                optimizer.zero_grad();
                functional.cross_entropy(model.forward(notes), themes).backward();
                optimizer.step();
            }
            model.eval();
            using (no_grad())
            {
                using var output = model.forward(test);
                run.Log(round, functional.cross_entropy(output, right).item<float>(),
                    output.argmax(1).eq(right).to(float32).mean().item<float>());
            }
        }
    }
}

internal static class Program
{
    [TrainingProgram(MetricAbove = 0.85)]
    public static void Train(TrainingRun run) => new Notes(run.Seed).Learn(run);
}
