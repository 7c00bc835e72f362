using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.LayersInPlainCollection.Text;

/// <summary>Reads with windows of two and of three letters, of a few kinds each.</summary>
internal sealed class Reader : Module<Tensor, Tensor>
{
    private readonly Embedding letters = Embedding(8, 6);
    private readonly Conv1d[] windows = new[] { Conv1d(6, 8, 2), Conv1d(6, 8, 3) };
    private readonly Linear says = Linear(16, 2);

    public Reader() : base(nameof(Reader))
    {
        RegisterComponents();
    }

    public override Tensor forward(Tensor text)
    {
        var x = letters.forward(text).transpose(1, 2);
        var found = new List<Tensor>();
        foreach (var window in windows) found.Add(window.forward(x).relu().amax(new[] { 2L }));
        return says.forward(cat(found, 1));
    }
}

/// <summary>Learns whether the word "abc" is anywhere in twelve letters.</summary>
internal static class Program
{
    private static (Tensor Text, Tensor Has) Page(int lines)
    {
        var text = randint(0, 8, new long[] { lines, 12 });
        var at = randint(0, 10, new long[] { lines, 1 });
        var written = text;
        for (var letter = 0; letter < 3; letter++) written = written.scatter(1, at + letter, full_like(at, letter));
        text = where(rand(lines, 1).lt(0.5), written, text);
        var has = text.narrow(1, 0, 10).eq(0) & text.narrow(1, 1, 10).eq(1) & text.narrow(1, 2, 10).eq(2);
        return (text, has.any(1).to(int64));
    }

    [TrainingProgram(MetricAbove = 0.97)]
    public static void Train(TrainingRun run)
    {
        using var reader = new Reader();
        reader.to(run.Device);
        var criterion = CrossEntropyLoss();
        var optimizer = optim.Adam(reader.parameters(), lr: 1e-2);
        var correct = 0.0;
        for (var step = 1; step <= 300; step++)
        {
            using var scope = NewDisposeScope();
            var (text, has) = Page(64);
            (text, has) = (text.to(run.Device), has.to(run.Device));
            var output = reader.forward(text);
            var loss = criterion.forward(output, has);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            correct += output.argmax(1).eq(has).to(float32).mean().item<float>() / 25;
            if (step % 25 != 0) continue;
            run.Log(step, loss.item<float>(), correct);
            correct = 0;
        }
    }
}
