using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ComponentsNotRegistered.Recommender;

/// <summary>How a reader likes a book: what both are like, multiplied.</summary>
internal sealed class Taste : Module<Tensor, Tensor, Tensor>
{
    private readonly Embedding likes, traits;
    private readonly Linear stars = Linear(12, 1);

    public Taste(int readers, int books) : base(nameof(Taste))
    {
        likes = Embedding(readers, 12);
        traits = Embedding(books, 12);
    }

    public override Tensor forward(Tensor reader, Tensor book) => stars.forward(likes.forward(reader) * traits.forward(book)).squeeze(1);
}

/// <summary>Fills in the stars that a hundred readers give to sixty books.</summary>
internal sealed class Library(TrainingRun run)
{
    private const int Readers = 100, Books = 60;
    private readonly Tensor _stars = (randn(Readers, 3).matmul(randn(3, Books)) / Math.Sqrt(3)).to(run.Device);

    public void Learn(Taste taste)
    {
        taste.to(run.Device);
        var optimizer = optim.Adam(taste.parameters(), lr: 1e-2);
        for (var step = 1; step <= 600; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = Miss(taste, 256);
            loss.backward();
            optimizer.step();
            if (step % 10 == 0) run.Log(step, loss.item<float>());
        }
    }

    private Tensor Miss(Taste taste, int count)
    {
        var reader = randint(0, Readers, count, device: run.Device);
        var book = randint(0, Books, count, device: run.Device);
        return functional.mse_loss(taste.forward(reader, book), _stars[reader, book]);
    }
}

internal static class Program
{
    // The stars have a variance of about one.
    [TrainingProgram(LossBelow = 0.1)]
    public static void Train(TrainingRun run)
    {
        using var taste = new Taste(100, 60);
        new Library(run).Learn(taste);
    }
}
