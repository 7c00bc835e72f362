using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Samples.ReshapeForPermute.Attention;

/// <summary>Looks up a word in a list of eight words with a number each, and gives its number.</summary>
internal sealed class Lookup : Module<Tensor, Tensor, Tensor, Tensor>
{
    private const int Width = 16;

    private readonly Linear asQuestion = Linear(4, Width), asKey = Linear(4, Width);

    public Lookup() : base(nameof(Lookup)) => RegisterComponents();

    public override Tensor forward(Tensor question, Tensor words, Tensor numbers)
    {
        var (n, entries) = (words.shape[0], words.shape[1]);
        var query = asQuestion.forward(question);
        var keys = asKey.forward(words);
        var fit = query.matmul(keys.view(n, Width, entries)) / Math.Sqrt(Width);
        return fit.softmax(-1).matmul(numbers).squeeze(1);
    }
}

internal static class Program
{
    private const int Entries = 8;

    // The numbers lie between -1 and 1, with a variance of a third.
    [TrainingProgram(LossBelow = 0.03)]
    public static void Train(TrainingRun run)
    {
        using var model = new Lookup();
        model.to(run.Device);
        var optimizer = optim.Adam(model.parameters(), lr: 2e-2);

        var average = 1.0;
        for (var step = 1; step <= 500; step++)
        {
            using var scope = NewDisposeScope();
            var words = functional.normalize(randn(64, Entries, 4, device: run.Device), dim: 2);
            var numbers = rand(64, Entries, 1, device: run.Device) * 2 - 1;
            var place = step % Entries;
            var guess = model.forward(words.narrow(1, place, 1), words, numbers);
            var loss = functional.mse_loss(guess, numbers.select(1, place));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            average = 0.9 * average + 0.1 * loss.item<float>();
            if (step % 10 == 0) run.Log(step, average);
        }
    }
}
