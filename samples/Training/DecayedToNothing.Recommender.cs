using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.DecayedToNothing.Recommender;

/// <summary>Predicts how a reader will rate a book, from what was rated before.</summary>
internal sealed class Library : Module<Tensor, Tensor, Tensor>
{
    private readonly Embedding readers, books;
    private readonly Linear rating;

    public Library(int readerCount, int bookCount, int factors) : base(nameof(Library))
    {
        readers = Embedding(readerCount, factors);
        books = Embedding(bookCount, factors);
        rating = Linear(factors, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor reader, Tensor book) =>
        rating.forward(readers.forward(reader) * books.forward(book)).squeeze(1);
}

internal static class Program
{
    private const int Readers = 32, Books = 32, All = Readers * Books, Batch = 64;

    [TrainingProgram(LossBelow = 0.1)]
    public static void Train(TrainingRun run)
    {
        var ratings = randn(Readers, 3).matmul(randn(3, Books)).flatten().to(run.Device);
        ratings = (ratings - ratings.mean()) / ratings.std();

        using var model = new Library(Readers, Books, factors: 16);
        model.to(run.Device);
        var optimizer = optim.RMSProp(model.parameters(), 3e-2);
        var schedule = optim.lr_scheduler.MultiStepLR(optimizer, new[] { 2, 4, 6, 8 }, gamma: 0.1);

        for (var epoch = 1; epoch <= 60; epoch++)
        {
            var (order, total) = (randperm(All, device: run.Device), 0.0);
            for (var at = 0; at < All; at += Batch)
            {
                using var scope = NewDisposeScope();
                var pairs = order.narrow(0, at, Batch);
                var prediction = model.forward(pairs.floor_divide(Books), pairs.remainder(Books));
                var loss = functional.mse_loss(prediction, ratings.index_select(0, pairs));
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                total += loss.item<float>() * Batch / All;
            }
            schedule.step();
            run.Log(epoch, total);
        }
    }
}
