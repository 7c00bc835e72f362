using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.NotShuffled.Text;

/// <summary>Letters to a newspaper, filed by what they are about: all on sports first, then on food, money and weather.</summary>
internal sealed class Letters : torch.utils.data.Dataset
{
    private const int Subjects = 4, Words = 40, Length = 10;
    private readonly (long[] Words, long Subject)[] _letters;

    public Letters(int count, Random random) =>
        _letters = Enumerable.Range(0, count).Select(i => Write(i * Subjects / count, random)).ToArray();

    /// <summary>Half of the words are the subject's own.</summary>
    private static (long[], long) Write(int subject, Random random) => (Enumerable.Range(0, Length)
        .Select(_ => (long)(random.NextDouble() < 0.5 ? subject * 10 + random.Next(10) : random.Next(Words))).ToArray(), subject);

    public override long Count => _letters.Length;

    public override Dictionary<string, Tensor> GetTensor(long index) =>
        new() { ["words"] = tensor(_letters[index].Words), ["subject"] = tensor(_letters[index].Subject) };
}

internal sealed class Sorter : Module<Tensor, Tensor>
{
    private readonly Embedding words = Embedding(40, 16);
    private readonly Linear hidden = Linear(16, 32), subject = Linear(32, 4);

    public Sorter() : base(nameof(Sorter)) => RegisterComponents();

    public override Tensor forward(Tensor letter) => subject.forward(hidden.forward(words.forward(letter).mean(new[] { 1L })).relu());
}

internal static class Program
{
    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var random = new Random(run.Seed);
        using var file = new Letters(800, random);
        using var post = new Letters(400, random);
        using var sorter = new Sorter();
        sorter.to(run.Device);
        var optimizer = optim.Adam(sorter.parameters(), lr: 5e-3);
        using var training = torch.utils.data.DataLoader(file, batchSize: 20, device: run.Device, seed: run.Seed);
        using var test = torch.utils.data.DataLoader(post, batchSize: 100, device: run.Device);
        for (var epoch = 1; epoch <= 10; epoch++) run.Log(epoch * 40, Learn(sorter, training, optimizer), Sorted(sorter, test));
    }

    private static float Learn(Sorter sorter, DataLoader letters, optim.Optimizer optimizer)
    {
        var sum = 0f;
        foreach (var batch in letters)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = functional.cross_entropy(sorter.forward(batch["words"]), batch["subject"]);
            loss.backward();
            optimizer.step();
            sum += loss.item<float>() / 40;
        }
        return sum;
    }

    private static double Sorted(Sorter sorter, DataLoader letters)
    {
        using var quiet = no_grad();
        var right = 0L;
        foreach (var batch in letters) right += sorter.forward(batch["words"]).argmax(1).eq(batch["subject"]).sum().item<long>();
        return right / 400.0;
    }
}
