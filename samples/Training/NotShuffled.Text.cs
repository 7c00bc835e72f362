using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.NotShuffled.Text;

/// <summary>Letters to a newspaper, filed by what they are about: all on sports first, then on food, money and weather.</summary>
internal sealed class Letters((long[] Words, long Subject)[] letters) : torch.utils.data.Dataset
{
    public override long Count => letters.Length;

    public override Dictionary<string, Tensor> GetTensor(long index) =>
        new() { ["words"] = tensor(letters[index].Words), ["subject"] = tensor(letters[index].Subject) };
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
    private const int Subjects = 4, Words = 40, Length = 10;

    /// <summary>Letters, one subject after the other; half of the words are the subject's own.</summary>
    private static (long[], long)[] Write(int count, Random random) => Enumerable.Range(0, count).Select(i => i * Subjects / count)
        .Select(subject => (Enumerable.Range(0, Length).Select(_ =>
            (long)(random.NextDouble() < 0.5 ? subject * 10 + random.Next(10) : random.Next(Words))).ToArray(), (long)subject)).ToArray();

    [TrainingProgram(MetricAbove = 0.9)]
    public static void Train(TrainingRun run)
    {
        var random = new Random(run.Seed);
        using var file = new Letters(Write(800, random));
        using var post = new Letters(Write(400, random));
        using var sorter = new Sorter();
        sorter.to(run.Device);
        var optimizer = optim.Adam(sorter.parameters(), lr: 5e-3);
        using var training = torch.utils.data.DataLoader(file, batchSize: 20, device: run.Device, seed: run.Seed);
        using var test = torch.utils.data.DataLoader(post, batchSize: 100, device: run.Device);
        for (var epoch = 1; epoch <= 10; epoch++) run.Log(epoch * 40, Learn(sorter, training, optimizer), Right(sorter, test));
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

    private static double Right(Sorter sorter, DataLoader letters)
    {
        using var quiet = no_grad();
        var right = 0L;
        foreach (var batch in letters) right += sorter.forward(batch["words"]).argmax(1).eq(batch["subject"]).sum().item<long>();
        return right / 400.0;
    }
}
