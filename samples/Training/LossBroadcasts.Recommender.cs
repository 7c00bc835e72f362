using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.LossBroadcasts.Recommender;

/// <summary>Predicts how readers rate books from six hidden properties of each.</summary>
internal sealed class Factors : Module<Tensor, Tensor, Tensor>
{
    private readonly Embedding readers = Embedding(40, 6), books = Embedding(30, 6);
    private readonly Embedding mildness = Embedding(40, 1), quality = Embedding(30, 1);

    public Factors() : base(nameof(Factors)) => RegisterComponents();

    public override Tensor forward(Tensor reader, Tensor book)
    {
        var taste = (readers.forward(reader) * books.forward(book)).sum(1);
        return taste + mildness.forward(reader).squeeze(1) + quality.forward(book).squeeze(1);
    }
}

internal static class Program
{
    private const int Ratings = 1024;

    // The ratings have a variance of one.
    [TrainingProgram(LossBelow = 0.1)]
    public static void Train(TrainingRun run)
    {
        var (reader, book) = (randint(0, 40, new long[] { Ratings }), randint(0, 30, new long[] { Ratings }));
        var (wants, offers) = (randn(40, 2), randn(30, 2));
        var ratings = (wants.index_select(0, reader) * offers.index_select(0, book)).sum(1, keepdim: true) + 0.1 * randn(Ratings, 1);
        ratings = ((ratings - ratings.mean()) / ratings.std()).to(run.Device);
        (reader, book) = (reader.to(run.Device), book.to(run.Device));

        using var model = new Factors();
        model.to(run.Device);
        var loss = MSELoss();
        var optimizer = optim.AdamW(model.parameters(), lr: 3e-2);
        for (var epoch = 0; epoch < 30; epoch++)
        {
            var sum = 0.0;
            for (var at = 0; at < Ratings; at += 64)
            {
                using var scope = NewDisposeScope();
                var guess = model.forward(reader.narrow(0, at, 64), book.narrow(0, at, 64));
                var error = loss.forward(guess, ratings.narrow(0, at, 64));
                optimizer.zero_grad();
                error.backward();
                optimizer.step();
                sum += error.item<float>() / 16;
            }
            run.Log(epoch + 1, sum);
        }
    }
}
